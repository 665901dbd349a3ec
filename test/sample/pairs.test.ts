import { join } from 'node:path';
import { test } from 'tap';
import { toLists } from '../../src/formats/lists.js';
import { Matrix } from '../../src/formats/npy.js';
import { PairReader, targets } from '../../src/sample/pairs.js';
import { RaggedWriter } from '../../src/store/ragged.js';

test('duplicates of a label and accidental positives are marked', async (t) => {
  const positives = toLists([[1, 2], [2], [3]]);
  t.same(targets(positives, Int32Array.of(2, 2, 3)), Uint8Array.of(1, 1, 0, 1, 1, 0, 0, 0, 1));
});

test('a batch contains what the trainer needs and depends on the seed alone', async (t) => {
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
