import { join } from 'node:path';
import { test } from 'tap';
import { PairReader, targets } from '../../src/sample/pairs.js';
import { clustersAnew, clusterSize, publishedCurriculum } from '../../src/sample/curriculum.js';
import { batches } from '../../src/sample/order.js';
import { pack, selectTexts } from '../../src/encode/pack.js';
import { textArrays } from '../../src/encode/texts.js';
import { Matrix, writeColumn } from '../../src/formats/npy.js';
import { RaggedWriter } from '../../src/store/ragged.js';
import { toLists } from '../../src/formats/lists.js';

test('texts are packed without padding between them', async (t) => {
  const packed = pack(toLists([[5, 9, 5], []]), toLists([[7]]));
  t.same(packed, {
    ids: Int32Array.of(5, 7, 9),
    row: Int32Array.of(0, 2, 0, 1),
    offsets: Int32Array.of(0, 3, 3, 4),
  });
  t.same(selectTexts(packed, [0, 1]), {
    ids: Int32Array.of(5, 9),
    row: Int32Array.of(0, 1, 0),
    offsets: Int32Array.of(0, 3, 3),
  });
  t.same(selectTexts(packed, [2, 0]), {
    ids: packed.ids,
    row: Int32Array.of(1, 0, 2, 0),
    offsets: Int32Array.of(0, 1, 4),
  });
});

test('weights of tokens go where the tokens go', async (t) => {
  const texts = { ...toLists([[5, 9], [], [7]]), weights: Float32Array.of(0.5, 0.25, 0.75) };
  const packed = pack(texts, { ...toLists([[5]]), weights: Float32Array.of(0.125) });
  t.same(packed.weights, Float32Array.of(0.5, 0.25, 0.75, 0.125));
  t.same(selectTexts(packed, [2, 0]).weights, Float32Array.of(0.75, 0.5, 0.25));
  t.same(
    textArrays(selectTexts(packed, [2, 3]), { begin: [0, 1] }, { texts: 2, width: 1, sequences: 4 })[
      'weight'
    ],
    Float32Array.of(0.75, 0.125, 0, 0),
  );
  t.throws(() => pack(texts, toLists([[5]])), RangeError);
});

test('duplicates of a label and accidental positives are marked', async (t) => {
  const positives = toLists([[1, 2], [2], [3]]);
  t.same(targets(positives, Int32Array.of(2, 2, 3)), Uint8Array.of(1, 1, 0, 1, 1, 0, 0, 0, 1));
});

test('an epoch visits every text once, cluster by cluster', async (t) => {
  const path = join(t.testdir(), 'texts.npy');
  writeColumn(path, [Int32Array.of(10, 13, 11, 14, 12, 15)]);
  using texts = Matrix.open(path, 'int32');
  const rowsOf = (clusters: number, size: number, seed = 1) =>
    [...batches(texts, { epoch: 0, clusters, size, seed })].map(({ rows }) => [...rows]);
  for (const seed of [1, 2, 3]) {
    const order = rowsOf(3, 2, seed).flat();
    t.same(order.slice().sort(), [10, 11, 12, 13, 14, 15]);
    for (let i = 0; i < 6; i += 2)
      t.equal(order[i + 1]! - order[i]!, 3, 'the two of a cluster are neighbours');
    t.same(rowsOf(3, 3, seed).flat(), order, 'a mini-batch may end within a cluster');
  }
  t.equal(rowsOf(3, 4).length, 1, 'the rest waits');
  const random = [1, 2, 3, 4].map((seed) => rowsOf(6, 6, seed)[0]!);
  t.ok(new Set(random.map(String)).size > 1, 'clusters of one are a random order');
});

test('the published curriculum is kept at full length and stretched to others', async (t) => {
  const published = publishedCurriculum(300);
  t.same(
    [0, 9, 10, 24, 25, 200].map((e) => clusterSize(published, e)),
    [1, 1, 4, 4, 8, 512],
  );
  t.same(
    [5, 10, 12, 15, 25, 27].map((e) => clustersAnew(published, e)),
    [false, true, false, true, true, false],
  );
  t.equal(clusterSize(publishedCurriculum(10), 9), 512);
});

test('a batch holds what the trainer needs and depends on the seed alone', async (t) => {
  const dir = t.testdir();
  const lists = { texts: [[1, 2], [3]], positives: [[0, 1], [1]], labels: [[4], [5, 6]] };
  for (const [name, rows] of Object.entries(lists)) {
    using writer = new RaggedWriter(join(dir, name));
    writer.append(toLists(rows));
    writer.finish();
  }
  {
    using auxiliary = Matrix.create(join(dir, 'aux.npy'), { dtype: 'int32', cols: 1 });
    auxiliary.append(Int32Array.of(8, 3));
    auxiliary.finish();
  }
  const path = (name: string) => join(dir, name);
  using reader = new PairReader({
    texts: path('texts'),
    positives: path('positives'),
    labels: path('labels'),
    auxiliary: path('aux.npy'),
    seed: 1,
  });
  const plan = { epoch: 0, step: 0, rows: Int32Array.of(1, 0) };
  const batch = reader.read(plan);
  t.same(batch, reader.read(plan));
  t.equal(batch.labels[0], 1);
  t.same(batch.auxiliary!.ids[batch.auxiliary!.row[0]!], 3, 'label 1 has row 3');
  t.equal(batch.target[0], 1);
});
