/** Which rows are held out for the test, where no file has them: always the same for a seed. */
import { InputError } from '../errors.js';
import { permutation } from '../permutation.js';
import { Random } from '../random.js';

/** A share such as `10%` as a fraction. @throws InputError if it is not between 0 and 100 %. */
export function shareOf(text: string): number {
  const [, percent] = /^(\d+(?:\.\d+)?)%$/.exec(text) ?? [];
  const share = Number(percent) / 100;
  if (share > 0 && share < 1) return share;
  throw new InputError(`heldOut: expected a share such as 10%, got ${text}`);
}

export interface HeldOut {
  /** Between 0 and 1. */
  share: number;
  seed: number;
  /** Whether rows of a group stay together. */
  grouped: boolean;
}

/**
 * Chooses among so many rows: as near to the share as whole rows permit, but at least one for each part; or, if they are grouped, those of
 * held groups.
 */
export function heldRows(
  { share, seed, grouped }: HeldOut,
  rows: number,
): (row: number, inHeldGroup: boolean) => boolean {
  if (grouped) return (_row, inHeldGroup) => inHeldGroup;
  const held = Math.min(rows - 1, Math.max(1, Math.round(share * rows)));
  const placeOf = permutation(rows, Random.of(seed, 'held out').below(2 ** 31));
  return (row) => placeOf(row) < held;
}

/** Chooses groups, each with the probability of the share. */
export const heldGroups =
  ({ share, seed }: HeldOut) =>
  (group: string): boolean =>
    Random.of(seed, 'held out', group).next() < share;
