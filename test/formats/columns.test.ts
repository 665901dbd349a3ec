import fc from 'fast-check';
import { test } from 'tap';
import { columnLength, columnsOf, sliceColumn } from '../../src/formats/columns.js';
import { listAt, toLists } from '../../src/formats/lists.js';

test('a column of any type has a length', async (t) => {
  t.equal(columnLength(['a', 'b']), 2);
  t.equal(columnLength(Int32Array.of(1, 2, 3)), 3);
  t.equal(columnLength(toLists([[1, 2], []])), 2);
  t.equal(columnLength(toLists([])), 0);
});

test('a slice has the requested rows, and its lists start at 0', async (t) => {
  t.same(sliceColumn(['a', 'b', 'c'], 1, 3), ['b', 'c']);
  t.same(sliceColumn(Int32Array.of(1, 2, 3), 0, 2), Int32Array.of(1, 2));
  const rows = fc.array(fc.array(fc.nat(9), { maxLength: 4 }), { maxLength: 8 });
  const property = fc.property(rows, fc.nat(8), fc.nat(8), (all, a, b) => {
    const [start, end] = [Math.min(a, b, all.length), Math.min(Math.max(a, b), all.length)];
    t.same(sliceColumn(toLists(all), start, end), toLists(all.slice(start, end)));
  });
  fc.assert(property, { seed: 17, numRuns: 100 });
});

test('a slice shares nothing with its column', async (t) => {
  const lists = toLists([[1], [2, 3]]);
  const slice = sliceColumn(lists, 1, 2);
  slice.values.fill(9);
  t.same([...listAt(lists, 1)], [2, 3]);
  t.not(sliceColumn(lists, 0, 2).values.buffer, lists.values.buffer);
  const ids = Int32Array.of(1, 2);
  t.not(sliceColumn(ids, 0, 2).buffer, ids.buffer);
});

test('the columns of a schema have as many values as the batch has rows', (t) => {
  const schema = { text: 'string', labels: 'int32[]' } as const;
  const columns = { text: ['a', 'b'], labels: toLists([[1], []]) };
  t.same(columnsOf({ rows: 2, columns }, schema), Object.entries(columns));
  t.throws(() => columnsOf({ rows: 3, columns }, schema), new RangeError('text: expected 3 values, got 2'));
  const { text } = columns;
  t.throws(
    () => columnsOf({ rows: 2, columns: { text } as typeof columns }, schema),
    new RangeError('labels: expected 2 values, got none'),
  );
  t.end();
});
