import { test } from 'tap';
import { pipeline } from '../../src/index.js';
import { adding } from '../../src/stream/adding.js';
import { contract } from '../contract.js';

interface Side {
  side: number;
  unit: string;
}
const area = (offset = 0, opened: string[] = []) =>
  adding<Side, 'area', number>('area', {
    field: 'area',
    worker: new URL('./square.worker.js', import.meta.url),
    threads: 1,
    ahead: 1,
    tasks: ({ own }) => {
      opened.push('opened');
      own({ [Symbol.dispose]: () => opened.push('closed') });
      return ({ side }) => side + offset;
    },
    rows: (area, { side }) => area + side,
  });

test('adding keeps the contract', async (t) => {
  await contract(t, {
    make: area,
    input: (side) => ({ side, unit: 'm' }),
    ahead: 3,
    bad: { item: { side: -1, unit: 'm' }, message: /area failed at item 1: negative: -1/ },
  });
});

test('a field is added by the worker, the others are kept, and each run opens its own resources', async (t) => {
  const opened: string[] = [];
  let rows = 0;
  const onProgress = (_name: string, items: number): number => (rows += items);
  const areas = pipeline([{ side: 3, unit: 'm' }], area(1, opened));
  t.same(await areas.first({ onProgress }), { side: 3, unit: 'm', area: 16 });
  t.equal(rows, 19);
  await areas.drain();
  t.same(opened, ['opened', 'closed', 'opened', 'closed']);
});
