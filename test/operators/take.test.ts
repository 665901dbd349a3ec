import { test } from 'tap';
import { take } from '../../operators/take.js';
import { pipeline } from '../../src/index.js';
import { toLists } from '../../src/formats/lists.js';
import { collect } from '../collect.js';
import { contract } from '../contract.js';

type Columns = { text: 'string'; labels: 'int32[]' };
const batch = (i: number) => ({
  rows: 2,
  columns: { text: [`${i}a`, `${i}b`], labels: toLists([[i], [i, i]]) },
});
type Batch = ReturnType<typeof batch>;

test('take keeps the contract', async (t) => {
  await contract(t, { make: () => take<Columns, Batch>(), input: batch, ahead: 1 });
});

test('the last batch is cut to fit, and nothing more is read', async (t) => {
  let read = 0;
  function* source() {
    for (; read < 100; read++) yield batch(read);
  }
  const taken = await collect(pipeline(source(), take<Columns, Batch>({ rows: 3 })).run());
  t.same(taken, [batch(0), { rows: 1, columns: { text: ['1a'], labels: toLists([[1]]) } }]);
  t.ok(read <= 2, `read ${read}`);
});
