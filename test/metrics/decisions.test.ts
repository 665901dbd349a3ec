import { test } from 'tap';
import { DecisionMetrics } from '../../src/metrics/decisions.js';

const near = (a: number, b: number) => Math.abs(a - b) < 1e-9;

test('precision and recall at k are means over the texts; F1 is that of the means, mean F1 that of the texts', (t) => {
  const decisions = new DecisionMetrics();
  decisions.add(Int32Array.of(1, 2, 3), Float32Array.of(0.9, 0.5, 0.2), Int32Array.of(1, 3, 7, 8));
  decisions.add(Int32Array.of(5), Float32Array.of(0.4), Int32Array.of(5));
  const { metrics } = decisions.results();
  t.ok(near(metrics['precision@3']!, (2 / 3 + 1 / 3) / 2));
  t.ok(near(metrics['recall@3']!, (2 / 4 + 1) / 2));
  t.ok(near(metrics['F1@3']!, (2 * 0.5 * 0.75) / 1.25));
  t.ok(near(metrics['mean F1@3']!, ((2 * (2 / 3) * 0.5) / (2 / 3 + 0.5) + 0.5) / 2));
  t.end();
});

test('the best threshold has the highest F1 of all labels together', (t) => {
  const decisions = new DecisionMetrics();
  decisions.add(Int32Array.of(1, 2, 3), Float32Array.of(0.9, 0.5, 0.2), Int32Array.of(1, 2));
  decisions.add(Int32Array.of(4, 5), Float32Array.of(0.8, 0.1), Int32Array.of(6));
  const { best } = decisions.results();
  // From 0.5 on: three labels, two of them right, of three true ones.
  t.same(best, { threshold: 0.5, precision: 2 / 3, recall: 2 / 3, f1: 2 / 3 });
  t.end();
});

test('texts without labels count as zero; no text, or no label, has finite metrics', (t) => {
  const decisions = new DecisionMetrics();
  t.ok(Object.values(decisions.results().metrics).every((value) => value === 0));
  decisions.add(new Int32Array(), new Float32Array(), new Int32Array());
  t.ok(Object.values(decisions.results().metrics).every((value) => value === 0));
  t.same(decisions.results().best, { threshold: 1, precision: 0, recall: 0, f1: 0 });
  t.end();
});
