import { test } from 'tap';
import { evaluate } from '../../operators/evaluate.js';
import type { EvaluationBatch } from '../../src/metrics/pair-tables.js';
import { pipeline } from '../../src/index.js';
import { ranked } from '../../src/search/ranked.js';
import { toLists } from '../../src/formats/lists.js';
import { collect } from '../collect.js';
import { contract } from '../contract.js';

const batch = (truth: number[][], found: number[][]): EvaluationBatch => ({
  columns: { labels: toLists(truth) },
  found: ranked(
    { labels: toLists(found), scores: Float32Array.from(found.flat(), (_id, i) => -i) },
    { k: 5 },
  ),
});

test('evaluate keeps the contract', async (t) => {
  await contract(t, {
    make: () => evaluate<EvaluationBatch>(),
    input: (i) => batch([[i]], [[i, i + 1]]),
    ahead: 1,
  });
});

test('metrics come after every batch and are exact after the last', async (t) => {
  const parts = [batch([[1], [2]], [[1], [3]]), batch([[4]], [[4, 5]])];
  const [first, last] = await collect(pipeline(parts, evaluate({ inversePropensity: () => 2 })).run());
  t.match(first, { texts: 2, metrics: { 'P@1': 0.5, 'PSP@1': 0.5 } });
  t.match(last, { texts: 3, metrics: { 'P@1': 2 / 3, 'nDCG@5': 2 / 3, 'R@5': 2 / 3 } });
  const whole = batch([[1], [2], [4]], [[1], [3], [4, 5]]);
  t.same(await pipeline([whole], evaluate({ inversePropensity: () => 2 })).first(), last);
});

test('labels that are excluded do not count as true', async (t) => {
  const judged = batch([[1, 2], [3], [4]], [[2], [5], [4]]);
  const excluded = toLists([[1, 9], [3], []]);
  const only = batch([[2], [], [4]], [[2], [5], [4]]);
  const result = await pipeline([{ ...judged, excluded }], evaluate()).first();
  t.same(result, await pipeline([only], evaluate()).first());
  t.match(result, { texts: 3, metrics: { 'R@5': 2 / 3 } }, 'a text that has none left counts, as a miss');
});

test('with frequencies there are running metrics by decile', async (t) => {
  const parts = [batch([[1]], [[1]]), batch([[0]], [[1]])];
  const frequency = Int32Array.of(1, 9);
  const [first, last] = await collect(pipeline(parts, evaluate({ frequency })).run());
  t.match(first!.deciles![4], { labels: 1, least: 9, truths: 1, metrics: { 'P@1': 1 } });
  t.match(last!.deciles![4], { labels: 1, least: 9, truths: 1, metrics: { 'P@1': 0.5 } });
  t.match(last!.deciles![9], { labels: 1, least: 1, truths: 1, metrics: { 'P@1': 0 } });
  t.notOk('deciles' in (await pipeline(parts, evaluate()).first()));
});
