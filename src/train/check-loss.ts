import { DivergedError } from '../errors.js';
import type { BatchPlan } from '../sample/reader.js';

/** @throws DivergedError if the loss of a step is not finite. */
export function checkLoss(loss: number, { epoch, step }: BatchPlan): void {
  if (Number.isFinite(loss)) return;
  throw new DivergedError(
    `loss is ${loss} at step ${step} of epoch ${epoch}: training has diverged; try a lower learning rate`,
  );
}
