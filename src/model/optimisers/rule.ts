import { stepSize } from './adamw.js';
import { learningRate, type Schedule } from './schedule.js';

/** How a parameter is trained: by AdamW, or its cases Adam (no decay) and SparseAdam (skips rows without a gradient). */
export interface Rule {
  schedule: Schedule;
  /** Weight decay; default 0. */
  decay?: number;
  /** Default 1e-6, the published optimiser's of Module I. */
  epsilon?: number;
}

/** A rule at a step (from 0), as `adamw` and `adamwRows` take it. */
export function atStep({ schedule, decay = 0, epsilon = 1e-6 }: Rule, step: number) {
  const rate = learningRate(step, schedule);
  return { size: stepSize(rate, step + 1), decay: rate * decay, epsilon };
}
