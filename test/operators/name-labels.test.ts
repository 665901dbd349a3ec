import { join } from 'node:path';
import { test } from 'tap';
import { nameLabels } from '../../operators/name-labels.js';
import { pipeline } from '../../src/index.js';
import { ranked } from '../../src/search/ranked.js';
import { toLists } from '../../src/formats/lists.js';
import { TextWriter } from '../../src/store/texts.js';
import { contract } from '../contract.js';

function names(base: string): string {
  using writer = new TextWriter(base);
  writer.append(['zero', 'uno, ein', '']);
  writer.append(['drei 三']);
  writer.finish();
  return base;
}

const found = (labels: number[][]) =>
  ranked(
    { labels: toLists(labels), scores: Float32Array.from(labels.flat(), (_id, i) => 1 / (i + 1)) },
    { k: 3 },
  );

test('name-labels keeps the contract', async (t) => {
  const base = names(join(t.testdir(), 'names'));
  await contract(t, {
    make: () => nameLabels({ base }),
    input: (i) => ({ columns: { text: [`text ${i}`] }, found: found([[i % 4]]) }),
    ahead: 1,
  });
});

test('labels get their texts and scores, as many as were found', async (t) => {
  const base = names(join(t.testdir(), 'names'));
  const batch = { columns: { text: ['a', '', 'c'] }, found: found([[3, 1], [], [2]]) };
  const { rows, columns } = await pipeline([batch], nameLabels({ base })).first();
  t.equal(rows, 3);
  t.same(columns.labels, toLists([[3, 1], [], [2]]));
  t.same(columns.names.values, ['drei 三', 'uno, ein', '']);
  t.same(columns.scores.values, Float32Array.of(1, 1 / 2, 1 / 3));
});
