/** What goes wrong on a simulated disk, drawn by seed before each of its operations. */
import type { Random } from '../../src/random.js';

/** Probabilities, each per operation that it can befall. */
export interface Weather {
  crash: number;
  ioError: number;
  full: number;
  /** Reads and writes of fewer bytes than asked for. */
  short: number;
}

export const CALM: Weather = { crash: 0, ioError: 0, full: 0, short: 0 };

/** Some processes meet a crash alone, which leaves nothing else to blame, and some meet everything. */
export function drawWeather(random: Random): Weather {
  const drawn = (most: number): number => (random.next() < 0.5 ? 0 : most * random.next());
  return { crash: 0.005 + drawn(0.05), ioError: drawn(0.02), full: drawn(0.02), short: drawn(0.5) };
}

export const FAULTS = [
  'operations',
  'kills',
  'power losses',
  'EIO',
  'failed syncs',
  'ENOSPC',
  'short reads',
  'short writes',
] as const;

/** How often each was injected. */
export type Counts = Record<(typeof FAULTS)[number], number>;

export const noCounts = (): Counts => Object.fromEntries(FAULTS.map((name) => [name, 0])) as Counts;
