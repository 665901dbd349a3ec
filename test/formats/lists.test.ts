import { test } from 'tap';
import { distinctIds, listAt, listCount, toLists, withoutRepeats } from '../../src/formats/lists.js';

test('a list without repeats keeps each id where it is first', async (t) => {
  const { lists, repeats } = withoutRepeats(toLists([[3, 1, 3, 3, 1], [], [2], [5, 5]]));
  t.equal(repeats, 4);
  t.same(
    Array.from({ length: listCount(lists) }, (_x, row) => [...listAt(lists, row)]),
    [[3, 1], [], [2], [5]],
  );
  t.same([...distinctIds(Int32Array.of(7, 7, 0))], [7, 0]);
});

test('lists that are sets already are not copied', async (t) => {
  const lists = toLists([[1, 2], [2]]);
  t.same(withoutRepeats(lists), { lists, repeats: 0 });
  t.equal(withoutRepeats(lists).lists, lists);
});
