import { join } from 'node:path';
import { test } from 'tap';
import { idLabels } from '../../operators/id-labels.js';
import { toLists } from '../../src/formats/lists.js';
import { pipeline } from '../../src/index.js';
import { TextWriter } from '../../src/store/texts.js';
import { contract } from '../contract.js';

function ids(base: string): string {
  using writer = new TextWriter(base);
  writer.append(['urn:0', '', 'urn:2']);
  writer.finish();
  return base;
}

test('id-labels keeps the contract', async (t) => {
  const base = ids(join(t.testdir(), 'ids'));
  await contract(t, {
    make: () => idLabels({ base }),
    input: (i) => ({ rows: 1, columns: { labels: toLists([[i % 3]]) } }),
    ahead: 1,
  });
});

test('labels get the ids of their maker, list by list', async (t) => {
  const base = ids(join(t.testdir(), 'ids'));
  const labels = toLists([[2, 0], [], [1]]);
  const { columns } = await pipeline([{ rows: 3, columns: { labels } }], idLabels({ base })).first();
  t.same(columns, { labels, ids: { offsets: labels.offsets, values: ['urn:2', 'urn:0', ''] } });
});
