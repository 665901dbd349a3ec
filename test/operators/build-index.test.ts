import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'tap';
import { buildIndex } from '../../operators/build-index.js';
import { search } from '../../operators/search.js';
import { pipeline } from '../../src/index.js';
import { Random } from '../../src/random.js';
import { readDescription } from '../../src/search/index-file.js';
import { rankedAt } from '../../src/search/found.js';
import { Matrix } from '../../src/formats/npy.js';
import { contract } from '../contract.js';
import { refusal } from '../refusal.js';

const [LABELS, DIM] = [200, 8];

function prepare(dir: string, change: (rows: Float32Array) => void = () => undefined) {
  const random = new Random(1);
  const drawn = Float32Array.from({ length: LABELS * DIM }, () => random.next() - 0.5);
  const rows = drawn.map((x, i) => x / Math.hypot(...drawn.subarray(i - (i % DIM), i - (i % DIM) + DIM)));
  change(rows);
  const labels = join(dir, 'labels.npy');
  using matrix = Matrix.create(labels, { dtype: 'float32', cols: DIM });
  matrix.append(rows);
  matrix.finish();
  return { labels, path: join(dir, 'labels.usearch'), rows };
}

test('build-index keeps the contract', async (t) => {
  const { labels, path } = prepare(t.testdir());
  await contract(t, {
    make: () => buildIndex({ path, threads: 1 }),
    input: () => labels,
    ahead: 1,
    bad: { item: `${labels}.none`, message: /build-index failed at item 1: .*none: cannot be opened/ },
  });
});

for (const precision of ['f32', 'f16', 'i8'] as const)
  test(`search finds what was indexed as ${precision}`, async (t) => {
    const { labels, path, rows } = prepare(t.testdir());
    const described = await pipeline([labels], buildIndex({ path, precision, threads: 1 })).first();
    t.match(described, { labels: LABELS, dim: DIM, precision });
    const query = { embeddings: rows.slice(0, DIM) };
    const find = (index?: string) =>
      pipeline([query], search<typeof query>({ labels, index, k: 10, threads: 1 })).first();
    const [exact, ann] = [(await find()).found, (await find(path)).found];
    const best = new Set(rankedAt(exact, 0));
    const hits = rankedAt(ann, 0).filter((id) => best.has(id)).length;
    t.ok(hits >= 8, `${hits} of 10`);
    t.ok(Math.abs(ann.scores[0]! - exact.scores[0]!) < 0.02, `${ann.scores[0]} for ${exact.scores[0]}`);
  });

test('with one thread the index is reproducible, over many blocks', async (t) => {
  const dir = t.testdir();
  const rows = Array.from({ length: 25 }, () => prepare(dir).rows);
  const labels = join(dir, 'many.npy');
  using matrix = Matrix.create(labels, { dtype: 'float32', cols: DIM });
  for (const part of rows) matrix.append(part); // 5,000 rows, each there 25 times
  matrix.finish();
  const build = async (name: string): Promise<Buffer> => {
    const path = join(dir, name);
    await pipeline([labels], buildIndex({ path, threads: 1 })).drain();
    return readFileSync(path);
  };
  t.ok((await build('a')).equals(await build('b')));
});

test('an index too large for the memory is built and searched in parts', async (t) => {
  const dir = t.testdir();
  const { labels, path, rows } = prepare(dir);
  const memory = 60 * (DIM * 2 + 9 * 32 + 100);
  const { parts } = await pipeline([labels], buildIndex({ path, memory, threads: 1 })).first();
  t.same(
    parts.map((part) => part.labels),
    [50, 50, 50, 50],
  );
  const query = { embeddings: rows.slice(0, 20 * DIM) };
  const find = async (index?: string) =>
    (await pipeline([query], search<typeof query>({ labels, index, k: 10, threads: 1 })).first()).found;
  const [exact, ann] = [await find(), await find(path)];
  for (let text = 0; text < 20; text++) {
    const best = new Set(rankedAt(exact, text));
    t.ok(rankedAt(ann, text).filter((id) => best.has(id)).length >= 9, 'over all parts');
  }
  const names = ['labels.usearch', 'labels.usearch.json'];
  const partsOf = () => readdirSync(dir).filter((name) => name.startsWith('labels.usearch'));
  t.same(partsOf().sort(), ['labels.usearch', ...[1, 2, 3].map((i) => `labels.usearch.${i}`), names[1]]);
  rmSync(`${path}.2`);
  t.match(
    await refusal(t, pipeline([query], search({ labels, index: path, threads: 1 })).drain()),
    /labels\.usearch\.2: not found; dexa index builds it$/,
  );
  await pipeline([labels], buildIndex({ path, threads: 1 })).drain();
  t.notOk(partsOf().includes('labels.usearch.1'), 'parts of the earlier index are removed');
  t.match(await find(path), { k: 10 });
});

test('an unfinished index leaves the earlier one in place', async (t) => {
  const dir = t.testdir({ good: {}, bad: {} });
  const { labels, path } = prepare(join(dir, 'good'));
  const described = await pipeline([labels], buildIndex({ path, threads: 1 })).first();
  const bytes = readFileSync(path);

  const bad = prepare(join(dir, 'bad'), (rows) => (rows[5 * DIM] = Infinity));
  const refuse = (from: string, to: string) =>
    refusal(t, pipeline([from], buildIndex({ path: to, threads: 1 })).drain());
  t.match(await refuse(bad.labels, path), /labels.npy: the vector of label 5 is not finite$/);
  using empty = Matrix.create(join(dir, 'bad', 'empty.npy'), { dtype: 'float32', cols: DIM });
  t.match(await refuse(empty.path, path), /empty.npy: contains no rows$/);
  t.match(await refuse(labels, join(dir, 'none', 'x')), /none.x: cannot be written/);

  const controller = new AbortController();
  const cancelled = pipeline([labels], buildIndex({ path, threads: 1 })).drain({
    signal: controller.signal,
    onProgress: () => {
      controller.abort(new Error('enough'));
    },
  });
  await t.rejects(cancelled, /enough/);

  t.same(readDescription(path), described);
  t.ok(readFileSync(path).equals(bytes));
  t.same(readdirSync(join(dir, 'good')).sort(), ['labels.npy', 'labels.usearch', 'labels.usearch.json']);
});

test('a path that cannot be written is reported before anything is added', async (t) => {
  const { labels, path } = prepare(t.testdir());
  mkdirSync(`${path}.tmp`);
  let added = 0;
  const build = pipeline([labels], buildIndex({ path, threads: 1 })).drain({
    onProgress: (_name, items) => {
      added += items;
    },
  });
  t.match(await refusal(t, build), /labels.usearch: cannot be written: EISDIR/);
  t.equal(added, 0);
});

test('an unknown precision is refused immediately', (t) => {
  t.throws(() => buildIndex({ path: 'x', precision: 'f8' as 'f16' }), {
    message: 'precision: expected f32, f16, i8, got f8',
  });
  t.end();
});
