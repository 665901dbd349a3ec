/** Linear warm-up, then linear to 0 (NGAME, DEXA). */
export interface LinearSchedule {
  kind: 'linear';
  /** Peak learning rate. */
  rate: number;
  /** Steps of linear warm-up; 0 for none. */
  warmup: number;
  /** Total number of steps; the rate is 0 after the last. */
  steps: number;
}

/** A constant rate, multiplied by `factor` from each of some steps on (DeepXML, SiameseXML). */
export interface StepSchedule {
  kind: 'step';
  /** Learning rate of the first step. */
  rate: number;
  factor: number;
  /** Steps, from 0. */
  at: readonly number[];
}

export type Schedule = LinearSchedule | StepSchedule;

/** The learning rate of step 0, 1, … */
export function learningRate(step: number, schedule: Schedule): number {
  if (schedule.kind === 'step')
    return schedule.rate * schedule.factor ** schedule.at.filter((at) => at <= step).length;
  const { rate, warmup, steps } = schedule;
  if (step < warmup) return (rate * (step + 1)) / warmup;
  return rate * Math.max(0, (steps - step) / Math.max(1, steps - warmup));
}
