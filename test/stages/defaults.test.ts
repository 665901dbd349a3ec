import { test } from 'tap';
import { defaultAuxiliary, defaultBatch, defaultEpochs } from '../../src/stages/defaults.js';

void test('small sets have several mini-batches of at least 64 texts', (t) => {
  t.same([0, 1, 50, 500, 3000, 20_480, 1e6].map(defaultBatch), [64, 64, 64, 64, 150, 1024, 1024]);
  t.end();
});

void test('many texts are visited less often', (t) => {
  t.same([1, 20_000, 100_000, 600_000, 1e8].map(defaultEpochs), [10, 10, 5, 3, 3]);
  t.end();
});

void test('a set never has more auxiliary vectors than labels to share them', (t) => {
  for (const tail of [0, 1, 2, 100, 5000, 1e6]) t.ok(defaultAuxiliary(tail) <= tail, `of ${tail}`);
  t.equal(defaultAuxiliary(1e6), 2048);
  t.end();
});
