import { test } from 'tap';
import { binned, MISSING } from '../../../src/ranker/boost/bins.js';
import { Random } from '../../../src/random.js';

const column = (values: readonly number[]) =>
  binned({ rows: values.length, features: 1, values: Float32Array.from(values) });

test('few distinct values have a bin each, in their order; missing ones the last', (t) => {
  const { bins, edges } = column([3, NaN, -1, 3, 7]);
  t.same([...bins], [1, MISSING, 0, 1, 2]);
  t.same([...edges[0]!], [1, 5]);
  t.same([...column([NaN, NaN]).bins], [MISSING, MISSING]);
  t.same([...column([]).bins], []);
  t.end();
});

test('many values are in at most 255 bins of about the same size, whose order is that of the values', (t) => {
  const random = new Random(1);
  const values = Array.from({ length: 5000 }, () => Math.fround(random.next() ** 3));
  const { bins } = column(values);
  const counts = new Int32Array(256);
  for (const bin of bins) counts[bin]!++;
  t.equal(counts[MISSING], 0);
  t.ok(Math.max(...counts) <= 25, `${Math.max(...counts)}`);
  const order = values.map((_value, i) => i).sort((a, b) => values[a]! - values[b]!);
  t.ok(order.every((row, i) => i === 0 || bins[order[i - 1]!]! <= bins[row]!));
  t.end();
});

test('neighbours without a float between them are told apart', (t) => {
  t.same([...column([1, Math.fround(1 + 2 ** -23)]).bins], [0, 1]);
  t.end();
});
