import { test } from 'tap';
import { DecileMetrics, decilesOf } from '../../src/metrics/deciles.js';
import { RankingMetrics } from '../../src/metrics/ranking.js';
import { decilesTable } from '../../src/report/table.js';
import { Random } from '../../src/random.js';

test('labels are cut by volume, from the most frequent; those of equal frequency by id', async (t) => {
  t.same(
    decilesOf(new Int32Array(20).fill(3)),
    Uint8Array.from({ length: 20 }, (_x, i) => i >> 1),
  );
  const frequency = Int32Array.of(0, 1, 10, 1, 8, 1, 0, 5, 5, 5, 5); // 40 occurrences, 4 per bin
  t.same(decilesOf(frequency), Uint8Array.of(9, 9, 1, 9, 3, 9, 9, 5, 6, 7, 8));
});

test('a bin is empty where one label has more than a tenth', async (t) => {
  t.same(decilesOf(Int32Array.of(1, 97, 1, 1)), Uint8Array.of(9, 4, 9, 9));
});

test('labels that never occur are tail', async (t) => {
  t.same(decilesOf(new Int32Array(3)), Uint8Array.of(9, 9, 9));
  t.same(decilesOf(new Int32Array()), new Uint8Array());
});

test('deciles have equal volume up to one label', async (t) => {
  const random = new Random(2);
  const frequency = Int32Array.from({ length: 5000 }, () => Math.floor(40 * random.next() ** 4));
  const volumes = new Array<number>(10).fill(0);
  decilesOf(frequency).forEach((bin, label) => (volumes[bin]! += frequency[label]!));
  const all = volumes.reduce((a, b) => a + b);
  for (const volume of volumes) t.ok(Math.abs(volume - all / 10) <= 40, `${volume} of ${all}`);
});

test('hits go to the bins of the labels that are true', async (t) => {
  // ten equally frequent labels: label i is in bin i
  const metrics = new DecileMetrics(new Int32Array(10).fill(2));
  metrics.add(Int32Array.of(0, 1, 2, 3, 4, 5, 6, 7, 8, 9), Int32Array.of(0, 4, 9));
  metrics.add(Int32Array.of(9), Int32Array.of(4, 9));
  const bins = metrics.results();
  t.same(bins[0], {
    labels: 1,
    least: 2,
    most: 2,
    truths: 1,
    metrics: { 'P@1': 0.5, 'P@5': 0.1, 'R@10': 1 },
  });
  t.match(bins[4], { truths: 2, metrics: { 'P@1': 0, 'P@5': 0.1, 'R@10': 0.5 } });
  t.match(bins[9], { truths: 2, metrics: { 'P@1': 0.5, 'P@5': 0.1, 'R@10': 1 } });
  t.same(bins[1]!.metrics, { 'P@1': 0, 'P@5': 0 }, 'no recall of what was never true');
});

test('parts of all bins sum to P', async (t) => {
  const random = new Random(4);
  const frequency = Int32Array.from({ length: 300 }, () => Math.floor(30 * random.next() ** 3));
  const [binned, whole] = [new DecileMetrics(frequency), new RankingMetrics()];
  const some = (count: number) =>
    Int32Array.from(new Set(Array.from({ length: count }, () => random.below(300))));
  for (let text = 0; text < 200; text++) {
    const [ranked, truth] = [some(120), some(random.below(9))];
    binned.add(ranked, truth);
    whole.add(ranked, truth);
  }
  for (const key of ['P@1', 'P@5']) {
    const sum = binned.results().reduce((sum, { metrics }) => sum + metrics[key]!, 0);
    t.ok(whole.results()[key]! > 0 && Math.abs(sum - whole.results()[key]!) < 1e-12, key);
  }
});

test('a label that was not counted is tail', async (t) => {
  const metrics = new DecileMetrics(Int32Array.of(5));
  metrics.add(Int32Array.of(7), Int32Array.of(7));
  t.match(metrics.results()[9], { labels: 0, truths: 1, metrics: { 'P@1': 1 } });
});

test('a table has one row per decile', async (t) => {
  const bins = [
    { labels: 2, least: 8, most: 30, truths: 3, metrics: { 'P@1': 0.25, 'P@5': 0.1, 'R@10': 1 } },
    { labels: 0, truths: 0, metrics: { 'P@1': 0, 'P@5': 0 } },
  ];
  t.equal(
    decilesTable(bins),
    [
      'decile  labels  training texts  true    P@1    P@5    R@10  R@100',
      '1            2            8–30     3  25.00  10.00  100.00',
      '2            0                     0   0.00   0.00',
    ].join('\n'),
  );
});
