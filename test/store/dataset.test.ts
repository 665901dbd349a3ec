import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'tap';
import {
  createDataset,
  datasetFiles,
  FILTER_COLUMNS,
  LABEL_COLUMNS,
  openDataset,
  TEXT_COLUMNS,
  type DatasetDescription,
} from '../../src/store/dataset.js';
import { shardOf } from '../../src/store/shards.js';
import { readParquet } from '../../operators/read-parquet.js';
import { pipeline } from '../../src/index.js';
import { collect } from '../collect.js';
import { refusal } from '../refusal.js';
import { writeTable } from '../table.js';

const DESCRIPTION: DatasetDescription = {
  name: 'tiny',
  labels: 2,
  train: 3,
  test: 1,
  propensity: [0.55, 1.5],
};

async function build(dir: string): Promise<DatasetDescription> {
  const files = datasetFiles(dir);
  await writeTable({ path: files.labels, columns: LABEL_COLUMNS }, { text: ['a', 'b'] });
  await writeTable(
    { path: files.train, columns: TEXT_COLUMNS },
    { text: ['x', 'y', 'z'], labels: [[0], [], [1, 0]] },
  );
  await writeTable({ path: files.test, columns: TEXT_COLUMNS }, { text: ['w'], labels: [[1]] });
  return DESCRIPTION;
}

test('a data set appears all at once', async (t) => {
  const root = t.testdir();
  const dir = join(root, 'tiny');
  const made = await createDataset(dir, async (partial) => {
    t.not(partial, dir);
    t.same(readdirSync(root), ['tiny.partial']);
    return build(partial);
  });
  t.same(readdirSync(root), ['tiny']);
  const { labels, train, test } = datasetFiles(dir);
  const paths = {
    labels: [labels],
    train: [train],
    test: [test],
    filterTrain: undefined,
    filterTest: undefined,
  };
  const { sums, ...rest } = made;
  t.same(rest, { ...DESCRIPTION, dir, ids: false, paths });
  t.ok(sums.labelsOfTexts >= 1 && sums.bytesOfLabels >= 1 && sums.bytesOfTexts >= 1, 'what the footers tell');
  t.same(await openDataset(dir), made);
});

test('a file may be in shards, which are read as one file', async (t) => {
  const dir = join(t.testdir(), 'sharded');
  const made = await createDataset(dir, async (partial) => {
    const description = await build(partial);
    const { train } = datasetFiles(partial);
    rmSync(train);
    const shards = [['x', 'y'], [], ['z']];
    for (const [i, text] of shards.entries())
      await writeTable(
        { path: shardOf(train, i), columns: TEXT_COLUMNS },
        { text, labels: text.map((_text, row) => [row % 2]) },
      );
    return description;
  });
  t.same(made.paths.train, ['00000', '00001', '00002'].map((i) => join(dir, `train-${i}.parquet`))); // prettier-ignore
  const batches = await collect(pipeline(made.paths.train, readParquet({ columns: TEXT_COLUMNS })).run());
  t.same(
    batches.map(({ start, columns }) => [start, columns.text]),
    [
      [0, ['x', 'y']],
      [2, ['z']],
    ],
  );
  rmSync(shardOf(datasetFiles(dir).train, 2));
  t.match(await refusal(t, openDataset(dir)), /train-00001.parquet: 2 rows, but .* says 3/);
});

test('an existing filter is part of a data set', async (t) => {
  const dir = join(t.testdir(), 'tiny');
  const path = datasetFiles(dir).filterTest;
  await createDataset(dir, build);
  await writeTable({ path, columns: FILTER_COLUMNS }, { row: [0], label: [1] });
  const { paths } = await openDataset(dir);
  t.same([paths.filterTrain, paths.filterTest], [undefined, path]);
  await writeTable({ path, columns: LABEL_COLUMNS }, { text: ['a'] });
  t.match(await refusal(t, openDataset(dir)), /filter-test.parquet: no column row, only text/);
  renameSync(path, shardOf(path, 0));
  t.match(await refusal(t, openDataset(dir)), /filter-test-00000.parquet: a filter in shards/);
});

test('nothing is left when it cannot be built', async (t) => {
  const root = t.testdir({ empty: {} });
  const failing = async (partial: string) => {
    await build(partial);
    throw new RangeError('no more');
  };
  await t.rejects(createDataset(join(root, 'empty'), failing), /no more/);
  const wrong = async (partial: string) => ({ ...(await build(partial)), train: 4 });
  t.match(await refusal(t, createDataset(join(root, 'tiny'), wrong)), /train.parquet: 3 rows, but .* says 4/);
  const unnamed = async (partial: string) => ({ ...(await build(partial)), name: '' });
  t.match(await refusal(t, createDataset(join(root, 'tiny'), unnamed)), /dataset.json: name: Too small/);
  t.same(readdirSync(root), ['empty']);
  t.same(readdirSync(join(root, 'empty')), []);
});

test('leftovers of an interrupted process are removed first', async (t) => {
  const root = t.testdir({ 'tiny.partial': { 'labels.parquet.tmp': 'half', old: { file: '' } }, tiny: {} });
  await createDataset(join(root, 'tiny'), async (partial) => {
    t.same(readdirSync(partial), []);
    return build(partial);
  });
  t.same(readdirSync(root), ['tiny']);
  t.same(readdirSync(join(root, 'tiny')), [
    'dataset.json',
    'labels.parquet',
    'test.parquet',
    'train.parquet',
  ]);
});

test('a folder that is not empty or cannot be written is refused before anything is built', async (t) => {
  const root = t.testdir({ full: { note: '' }, file: '' });
  const never = async () => t.fail('built') as never;
  const refused: [string, RegExp][] = [
    ['full', /full: already contains note; remove it first/],
    ['file', /file: cannot hold a data set: ENOTDIR/],
    ['file/below', /file\/below: cannot hold a data set: ENOTDIR/],
    ['x'.repeat(250), /x: cannot be created: ENAMETOOLONG/], // only with `.partial` is the name too long
  ];
  for (const [name, message] of refused)
    t.match(await refusal(t, createDataset(join(root, name), never)), message);
  t.same(readdirSync(root), ['file', 'full']);
});

test('a description is as it was written, or has no seal', async (t) => {
  const dir = join(t.testdir(), 'tiny');
  await createDataset(dir, build);
  const { description: path } = datasetFiles(dir);
  const written = readFileSync(path, 'utf8');
  const changed = written.replace(/("propensity": \[\s*)[^,]+/, '$10.25');
  t.not(changed, written);
  writeFileSync(path, changed);
  t.equal(
    await refusal(t, openDataset(dir)),
    `${path}: not what was written: it does not match its own digest; if you changed it, remove its field "seal"`,
  );
  writeFileSync(path, JSON.stringify({ ...(JSON.parse(changed) as object), seal: undefined }));
  t.equal((await openDataset(dir)).propensity[0], 0.25);
});

test('a folder that is not a complete data set is refused', async (t) => {
  const dir = join(t.testdir(), 'tiny');
  await createDataset(dir, build);
  const { description, train } = datasetFiles(dir);
  const say = (content: string) => {
    writeFileSync(description, content);
    return refusal(t, openDataset(dir));
  };
  const json = (change: object) => JSON.stringify({ ...DESCRIPTION, ...change });
  t.match(await say('{"name":\n'), /dataset.json: not JSON: /);
  t.match(await say('[]'), /dataset.json: content: .*expected object/);
  t.match(await say(json({ labels: 0 })), /dataset.json: labels: Too small/);
  t.match(await say(json({ train: 2.5 })), /dataset.json: train: .*expected int/);
  t.match(await say(json({ propensity: [0.5] })), /dataset.json: propensity: Too small/);
  t.match(await say(json({ propensity: [0, 1] })), /dataset.json: propensity.0: Too small/);
  t.match(await say(json({ train: 2 })), /train.parquet: 3 rows, but .*dataset.json says 2/);
  await writeTable({ path: train, columns: LABEL_COLUMNS }, { text: ['a'] });
  t.match(await say(json({})), /train.parquet: no column labels, only text/);
  const bare = join(dir, 'bare');
  mkdirSync(bare);
  t.match(await refusal(t, openDataset(bare)), /bare\/dataset.json: cannot be read: ENOENT/);
});
