import { test } from 'tap';
import { learningRate, type Schedule } from '../../../src/model/optimisers/schedule.js';

const rates = (schedule: Schedule, steps: number): number[] =>
  Array.from({ length: steps }, (_x, step) => learningRate(step, schedule));

test('the linear schedule rises over the warm-up and is 0 after the last step', (t) => {
  t.same(rates({ kind: 'linear', rate: 8, warmup: 2, steps: 6 }, 7), [4, 8, 8, 6, 4, 2, 0]);
  t.same(rates({ kind: 'linear', rate: 1, warmup: 0, steps: 2 }, 3), [1, 0.5, 0]);
  t.end();
});

test('the step schedule decays at each of its steps', (t) => {
  t.same(rates({ kind: 'step', rate: 8, factor: 0.5, at: [2, 3] }, 5), [8, 8, 4, 2, 2]);
  t.same(rates({ kind: 'step', rate: 8, factor: 0.5, at: [] }, 2), [8, 8]);
  t.end();
});
