import { InputError } from '../errors.js';

/** How to handle a bad row: end the run, or treat the row as empty. */
export type OnBadRow = 'stop' | 'skip';

/** Says of an input in which ids are named twice in a row how many repeats were dropped. */
export function noteRepeats(
  { note }: { note?: ((message: string) => void) | undefined },
  file: string,
  { repeats }: BadRows,
): void {
  if (repeats > 0) note?.(`${file}: ${repeats} labels named again by the same text count once`);
}

/** Maximum number of reasons kept. */
const REASONS = 10;

/** The bad rows of an input: their number, and the reasons of the first ones; and repeats in sets, which were dropped. */
export class BadRows {
  readonly #skip: boolean;
  readonly reasons: string[] = [];
  count = 0;
  /** Ids that a row named again. */
  repeats = 0;

  constructor(on: OnBadRow) {
    this.#skip = on === 'skip';
  }

  /** Counts a bad row. @throws `reason` if bad rows are not skipped. */
  add(reason: InputError): void {
    if (!this.#skip) throw reason;
    this.count++;
    if (this.reasons.length < REASONS) this.reasons.push(reason.message);
  }

  /** What `read` returns, or `instead` if it throws an InputError and bad rows are skipped. */
  read<T>(read: () => T, instead: T): T {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      this.add(error);
      return instead;
    }
  }
}
