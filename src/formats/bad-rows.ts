import { InputError } from '../errors.js';

/** What becomes of a row that is not as it must be: it ends the run, or counts as an empty one. */
export type OnBadRow = 'stop' | 'skip';

/** Reasons that are kept. */
const REASONS = 10;

/** The bad rows of some input: how many there were, and why the first of them are bad. */
export class BadRows {
  readonly #skip: boolean;
  readonly reasons: string[] = [];
  count = 0;

  constructor(on: OnBadRow) {
    this.#skip = on === 'skip';
  }

  /** Takes note of one. @throws `reason` where bad rows are not skipped. */
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
