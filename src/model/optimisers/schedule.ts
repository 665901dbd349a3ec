export interface ScheduleOptions {
  /** Peak learning rate. */
  rate: number;
  /** Steps of linear warm-up; 0 for none. */
  warmup: number;
  /** Steps in all; the rate is 0 after the last. */
  steps: number;
}

/** Linear warm-up, then linear to 0: the learning rate of step 0, 1, … */
export function learningRate(step: number, { rate, warmup, steps }: ScheduleOptions): number {
  if (step < warmup) return (rate * (step + 1)) / warmup;
  return rate * Math.max(0, (steps - step) / Math.max(1, steps - warmup));
}
