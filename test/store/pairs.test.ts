import fc from 'fast-check';
import { test } from 'tap';
import { groupPairs } from '../../src/store/pairs.js';
import { toLists } from '../../src/formats/lists.js';

test('the ids of a row keep the order of the pairs, over all parts', async (t) => {
  const parts = [
    { row: Int32Array.of(2, 0, 2), id: Int32Array.of(7, 1, 5) },
    { row: new Int32Array(), id: new Int32Array() },
    { row: Int32Array.of(2, 3), id: Int32Array.of(7, 9) },
  ];
  t.same(groupPairs(parts, 5), toLists([[1], [], [7, 5, 7], [9], []]));
});

test('any pairs are grouped as a map would', async (t) => {
  const pair = fc.tuple(fc.nat(6), fc.nat(100));
  const property = fc.property(fc.array(fc.array(pair, { maxLength: 9 }), { maxLength: 4 }), (parts) => {
    const rows: number[][] = Array.from({ length: 7 }, () => []);
    for (const [row, id] of parts.flat()) rows[row]!.push(id);
    const packed = parts.map((part) => ({
      row: Int32Array.from(part, ([row]) => row),
      id: Int32Array.from(part, ([, id]) => id),
    }));
    t.same(groupPairs(packed, 7), toLists(rows));
  });
  fc.assert(property, { seed: 19, numRuns: 60 });
});

test('no pairs are empty lists', async (t) => {
  t.same(groupPairs([], 2), toLists([[], []]));
  t.same(groupPairs([], 0), toLists([]));
});
