import { test } from 'tap';
import { renameColumn } from '../../operators/rename-column.js';
import { pipeline } from '../../src/index.js';
import { contract } from '../contract.js';

test('rename-column keeps the contract', async (t) => {
  await contract(t, {
    make: () => renameColumn({ from: 'uid', to: 'id' }),
    input: (i) => ({ rows: 1, columns: { uid: [`${i}`] } }),
    ahead: 1,
  });
});

test('a column gets its other name, and the others stay', async (t) => {
  const rename = renameColumn<{ columns: object }>({ from: 'uid', to: 'id' });
  const renamed = async (columns: object) => (await pipeline([{ columns }], rename).first()).columns;
  t.same(await renamed({ uid: ['a'], text: ['b'] }), { id: ['a'], text: ['b'] });
  t.same(await renamed({ uid: ['a'], id: ['b'] }), { id: ['a'] });
  t.same(await renamed({ id: ['b'] }), { id: ['b'] });
  const itself = renameColumn<{ columns: object }>({ from: 'id', to: 'id' });
  t.same(await pipeline([{ columns: { id: ['b'] } }], itself).first(), { columns: { id: ['b'] } });
});
