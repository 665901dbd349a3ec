import { readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'tap';
import { Random } from '../../src/random.js';
import { AnnSearch, descriptionOf } from '../../src/search/ann.js';
import { indexFor } from '../../src/search/choose.js';
import { ExactSearch } from '../../src/search/exact.js';
import { rankedAt } from '../../src/search/found.js';
import { IndexBuilder } from '../../src/search/index-builder.js';
import { Matrix } from '../../src/store/npy.js';
import { toLists } from '../../src/store/ragged.js';

const [LABELS, DIM] = [3000, 16];

/** Unit vectors around 50 directions, as label embeddings are. */
function clustered(count: number, seed: number): Float32Array {
  const [centres, random] = [new Random(1), new Random(seed)];
  const centre = Float32Array.from({ length: 50 * DIM }, () => centres.next() - 0.5);
  const rows = new Float32Array(count * DIM);
  for (let row = 0; row < count; row++) {
    const own = random.below(50);
    const vector = Array.from(
      { length: DIM },
      (_x, i) => centre[own * DIM + i]! + 0.4 * (random.next() - 0.5),
    );
    rows.set(vector.map((x) => x / Math.hypot(...vector)), row * DIM); // prettier-ignore
  }
  return rows;
}

function prepare(dir: string, { rows = clustered(LABELS, 2), expansionSearch = 128 } = {}) {
  const [labels, index] = [join(dir, 'labels.npy'), join(dir, 'labels.usearch')];
  using matrix = Matrix.create(labels, { dtype: 'float32', cols: DIM });
  matrix.append(rows);
  matrix.finish();
  const builder = new IndexBuilder({
    labels: matrix.rows,
    dim: DIM,
    precision: 'f32',
    connectivity: 16,
    expansionAdd: 64,
    expansionSearch,
  });
  builder.add(0, rows.slice(), 1);
  builder.save(index);
  return { labels, index };
}

test('finds nearly all of what an exact search finds, with the same scores', async (t) => {
  const files = prepare(t.testdir());
  await using ann = new AnnSearch({ ...files, threads: 2 });
  await using exact = new ExactSearch({ labels: files.labels, threads: 1 });
  const queries = clustered(50, 3);
  const [some, all] = [await ann.search(queries, 20), await exact.search(queries, 20)];
  let hits = 0;
  for (let text = 0; text < 50; text++) {
    const best = new Set(rankedAt(all, text));
    hits += rankedAt(some, text).filter((id) => best.has(id)).length;
    for (let rank = 1; rank < 20; rank++)
      t.ok(some.scores[text * 20 + rank]! <= some.scores[text * 20 + rank - 1]!, 'best first');
  }
  t.ok(hits / 1000 > 0.95, `recall ${hits / 1000}`);
  t.ok(Math.abs(some.scores[0]! - all.scores[0]!) < 1e-5);
});

test('never gives what is excluded, and makes up for it', async (t) => {
  const files = prepare(t.testdir());
  await using ann = new AnnSearch({ ...files, threads: 1 });
  const queries = clustered(2, 3);
  const whole = await ann.search(queries, 10);
  const hidden = [...rankedAt(whole, 0).subarray(0, 4)];
  const rest = await ann.search(queries, 6, toLists([hidden, []]));
  t.same([...rankedAt(rest, 0)], [...rankedAt(whole, 0).subarray(4)]);
  t.same([...rankedAt(rest, 1)], [...rankedAt(whole, 1).subarray(0, 6)]);
});

test('a query of zeros finds nothing, nor does a vector of zeros ever get found', async (t) => {
  const rows = clustered(30, 2);
  rows.fill(0, 3 * DIM, 5 * DIM);
  const files = prepare(t.testdir(), { rows });
  await using ann = new AnnSearch({ ...files, threads: 1 });
  const queries = new Float32Array(2 * DIM);
  queries.set(clustered(1, 3), DIM);
  const found = await ann.search(queries, 40);
  t.equal(rankedAt(found, 0).length, 0);
  t.same([...rankedAt(found, 1)].sort((a, b) => a - b), [...rows.keys()].slice(0, 30).filter((i) => i !== 3 && i !== 4)); // prettier-ignore
  t.same((await ann.search(new Float32Array(), 3)).ids.length, 0);
  t.throws(() => ann.search(new Float32Array(DIM + 1), 3), { message: /rows of 16 values do not fit 17/ });
});

test('of equal scores the lower id comes first', async (t) => {
  const one = clustered(1, 2);
  const rows = new Float32Array(20 * DIM);
  for (let i = 0; i < 20; i++) rows.set(one, i * DIM);
  const files = prepare(t.testdir(), { rows });
  await using ann = new AnnSearch({ ...files, threads: 1 });
  t.same(
    [...rankedAt(await ann.search(one, 20), 0)],
    Array.from({ length: 20 }, (_x, i) => i),
  );
});

test('an index that is cut short, not an index, or of other labels is refused', (t) => {
  const { labels, index } = prepare(t.testdir());
  const open = (given = {}) => new AnnSearch({ labels, index, threads: 1, ...given });
  const other = join(t.testdirName, 'other.npy');
  using matrix = Matrix.create(other, { dtype: 'float32', cols: DIM, rows: 5 });
  t.throws(() => open({ labels: matrix.path }), {
    message:
      /labels\.usearch: of 3000 vectors of 16 numbers, but .*other\.npy has 5 of 16; dexa index makes it anew/,
  });
  const description = readFileSync(descriptionOf(index), 'utf8');
  truncateSync(index, 1000);
  t.throws(open, { message: /labels\.usearch: 1000 bytes, \d+ expected; dexa index makes it anew/ });
  writeFileSync(descriptionOf(index), description.replace('"f32"', '"f64"'));
  t.throws(open, { message: /labels\.usearch\.json: precision: .*got "f64"/ });
  writeFileSync(descriptionOf(index), '{');
  t.throws(open, { message: /labels\.usearch\.json: not JSON/ });
  t.throws(() => open({ index: join(t.testdirName, 'none') }), { message: /none\.json: cannot be read/ });
  t.end();
});

test('an index is used if there is one, where nothing else is asked for', (t) => {
  const { index } = prepare(t.testdir(), { rows: clustered(10, 1) });
  const none = join(t.testdirName, 'none.usearch');
  t.equal(indexFor('auto', index), index);
  t.equal(indexFor('auto', none), undefined);
  t.equal(indexFor('exact', index), undefined);
  t.equal(indexFor('ann', index), index);
  t.throws(() => indexFor('ann', none), { message: /none\.usearch: not found; dexa index makes it/ });
  t.end();
});

test('a value that is not finite is refused', (t) => {
  const rows = clustered(10, 1);
  rows[4 * DIM] = NaN;
  t.throws(() => prepare(t.testdir(), { rows }), { message: 'the vector of label 4 is not finite' });
  t.end();
});
