import { readFileSync } from 'node:fs';
import { test } from 'tap';
import { Counts } from '../../src/metrics/counts.js';
import { DecileMetrics } from '../../src/metrics/deciles.js';
import { inversePropensity, propensityOf } from '../../src/metrics/propensity.js';
import { RankingMetrics, type Metrics } from '../../src/metrics/ranking.js';
import { metricsTable } from '../../src/report/table.js';

/** Values of pyxclib on random data. */
export interface Fixture {
  trainLabels: number[][];
  trueLabels: number[][];
  predictions: [number, number][][];
  filter: [row: number, label: number][];
  expected: Record<string, Record<string, number[]>>;
  'inversePropensityA0.55B1.5': number[];
}
const fixture = JSON.parse(readFileSync('test/fixtures/metrics.json', 'utf8')) as Fixture;

const NAMES = { precision: 'P', ndcg: 'nDCG', psprecision: 'PSP', psndcg: 'PSnDCG', recall: 'R' };

const counts = new Counts();
for (const labels of fixture.trainLabels) for (const label of labels) counts.add(label);
const weights = (a: number, b: number) =>
  inversePropensity((label) => counts.of(label), fixture.trainLabels.length, [a, b]);

function score(filtered: boolean, weight: (label: number) => number): Metrics {
  const metrics = new RankingMetrics({ inversePropensity: weight });
  const hidden = new Set(filtered ? fixture.filter.map((pair) => pair.join()) : []);
  fixture.predictions.forEach((prediction, row) => {
    const ranked = prediction
      .filter(([label]) => !hidden.has(`${row},${label}`))
      .sort(([, a], [, b]) => b - a)
      .map(([label]) => label);
    metrics.add(Int32Array.from(ranked), Int32Array.from(fixture.trueLabels[row]!));
  });
  return metrics.results();
}

test('a true label that is named again counts once', async (t) => {
  const scored = (truth: number[]) => {
    const metrics = new RankingMetrics({ inversePropensity: weights(0.55, 1.5) });
    const deciles = new DecileMetrics(Int32Array.of(4, 3, 2, 1));
    for (const each of [metrics, deciles]) each.add(Int32Array.of(0, 3, 1), Int32Array.from(truth));
    return [metrics.results(), deciles.results()];
  };
  t.same(scored([0, 0, 1, 2, 1]), scored([0, 1, 2]));
});

for (const [name, expected] of Object.entries(fixture.expected))
  test(`metrics are the field's: ${name}`, async (t) => {
    const [, kind, a, b] = /^(\w+)\/A=([\d.]+),B=([\d.]+)$/.exec(name)!;
    const found = score(kind === 'filtered', weights(Number(a), Number(b)));
    for (const [key, values] of Object.entries(expected))
      values.forEach((value, i) => {
        const metric = `${NAMES[key as keyof typeof NAMES]}@${i + 1}`;
        t.ok(Math.abs(found[metric]! - value) < 1e-6, `${metric} ${found[metric]} is ${value}`);
      });
  });

test('pyxclib filters predictions, not the truth: some of the filter’s labels are true', async (t) => {
  const both = fixture.filter.filter(([row, label]) => fixture.trueLabels[row]!.includes(label));
  t.equal(both.length, 6);
});

test('inverse propensities are the field’s', async (t) => {
  const weight = weights(0.55, 1.5);
  fixture['inversePropensityA0.55B1.5'].forEach((value, label) => {
    t.ok(Math.abs(weight(label) - value) < 1e-6);
  });
});

test('a text without labels or without predictions counts as a miss', async (t) => {
  const metrics = new RankingMetrics();
  metrics.add(Int32Array.of(1, 2), Int32Array.of(1));
  metrics.add(Int32Array.of(1), Int32Array.of());
  metrics.add(Int32Array.of(), Int32Array.of(4));
  t.match(metrics.results(), { 'P@1': 1 / 3, 'nDCG@1': 1 / 3, 'R@5': 1 / 3 });
  t.notOk('PSP@1' in metrics.results(), 'no propensities, no PSP');
  t.notOk('R@10' in metrics.results(), 'no ranking reaches that far');
});

test('recall is reported up to the longest ranking', async (t) => {
  const metrics = new RankingMetrics();
  metrics.add(
    Int32Array.from({ length: 20 }, (_x, i) => i),
    Int32Array.of(0, 9, 15, 40),
  );
  t.match(metrics.results(), { 'R@1': 0.25, 'R@10': 0.5, 'R@20': 0.75 });
  t.notOk('R@50' in metrics.results());
});

test('a table has one row per metric and one column per cut-off', async (t) => {
  t.equal(
    metricsTable({ 'P@1': 0.5, 'P@3': 0.25, 'R@3': 1 }),
    ['%     @1      @3', 'P  50.00   25.00', 'R         100.00'].join('\n'),
  );
});

test('counts need no bound on ids', async (t) => {
  const few = new Counts();
  for (const id of [0, 2 ** 31 - 1, 0]) few.add(id);
  t.same([few.of(0), few.of(2 ** 31 - 1), few.of(7)], [2, 1, 0]);
});

test('the constants of the propensity model are those published for the data set', (t) => {
  t.same(propensityOf('LF-AmazonTitles-131K'), [0.6, 2.6]);
  t.same(propensityOf('LF-Wikipedia-500K'), [0.5, 0.4]);
  t.same(propensityOf('LF-WikiSeeAlso-320K'), [0.55, 1.5]);
  t.end();
});
