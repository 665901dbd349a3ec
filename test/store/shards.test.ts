import { writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { test, type Test } from 'tap';
import { InputError } from '../../src/errors.js';
import { findShards, shardOf } from '../../src/store/shards.js';

/** What is found of `train.parquet` in a folder with these empty files: names, or the message. */
function found(t: Test, names: string[]): string[] | string {
  const dir = t.testdir();
  for (const name of names) writeFileSync(join(dir, name), '');
  try {
    return findShards(join(dir, 'train.parquet')).map((path) => basename(path));
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return error.message.slice(dir.length + 1);
  }
}

void test('a table is one file, or its shards in order, as this project or the hub names them', async (t) => {
  t.same(found(t, []), []);
  t.same(found(t, ['labels.parquet', 'trainers.parquet', 'filter-train.parquet']), []);
  t.same(found(t, ['train.parquet', 'train.json', 'test-00000.parquet']), ['train.parquet']);
  t.same(found(t, ['train-00001.parquet', 'train-00000.parquet']), [
    'train-00000.parquet',
    'train-00001.parquet',
  ]);
  const hub = ['train-00000-of-00002.parquet', 'train-00001-of-00002.parquet'];
  t.same(found(t, hub), hub);
  const hashed = hub.map((name) => name.replace('.', '-0123456789abcdef.'));
  t.same(found(t, hashed), hashed);
  const many = Array.from({ length: 12 }, (_x, i) => `train-${i}.parquet`);
  t.same(found(t, many), many, 'by number, not by name');
  t.equal(shardOf('a/train.parquet', 3), 'a/train-00003.parquet');
});

void test('tables of other kinds have shards too', async (t) => {
  const dir = t.testdir();
  const names = ['train-00000-of-00002.csv.gz', 'train-00001-of-00002.csv.gz'];
  for (const name of [...names, 'train.csv', 'train-0.jsonl']) writeFileSync(join(dir, name), '');
  t.same(
    findShards(join(dir, 'train.csv.gz')).map((path) => basename(path)),
    names,
  );
  t.same(findShards(join(dir, 'train.csv')), [join(dir, 'train.csv')]);
});

void test('an incomplete set of shards is refused by the missing one', async (t) => {
  t.match(
    found(t, ['train-00000.parquet', 'train-00002.parquet']),
    /^train-00001.parquet: this shard is missing, but train-00002.parquet exists$/,
  );
  t.match(found(t, ['train-00001.parquet']), /^train-00000.parquet: this shard is missing/);
  t.match(found(t, ['train-99999999.parquet']), /^train-00000000.parquet: this shard is missing/);
  t.match(
    found(t, ['train-00000-of-00003.parquet', 'train-00001-of-00003.parquet']),
    /^train-00002-of-00003.parquet: this shard is missing, but train-00000-of-00003.parquet exists$/,
  );
  t.match(
    found(t, ['train-00000-of-00001.parquet', 'train-00001-of-00001.parquet']),
    /^train-00001-of-00001.parquet: expected a number below 1$/,
  );
});

void test('two sources of the same table are named, and so is a name that is not understood', async (t) => {
  const two = [
    ['train.parquet', 'train-00000.parquet'],
    ['train-0.parquet', 'train-00000.parquet'],
    ['train-00000.parquet', 'train-00000-of-00001.parquet'],
    ['train-00000-of-00001.parquet', 'train-00000-of-00002.parquet'],
    ['train-00000-of-00001-0123456789abcdef.parquet', 'train-00000-of-00001-0123456789abcdee.parquet'],
  ];
  for (const names of two)
    t.match(found(t, names), /: two sources of the same table; remove one$/, names[1]!);
  for (const name of ['train-a.parquet', 'train_1.parquet', 'train-00001.PARQUET', 'train.0.parquet'])
    t.match(
      found(t, ['train-00000.parquet', name]),
      /: not the name of a shard, such as train-00000.parquet or train-00000-of-00002.parquet$/,
      name,
    );
});
