import type { Progress } from '../stream/progress.js';

interface Pace {
  rows: number;
  milliseconds: number;
}

/**
 * How fast stages go once they have begun, from their reports: what passes before the first report of a stage counts only
 * where there is no other.
 */
export class Rates {
  readonly #begun = new Map<string, Pace>();
  readonly #going = new Map<string, Pace>();
  readonly #now: () => number;
  #last: { stage: string; done: number; at: number };

  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
    this.#last = { stage: '', done: 0, at: now() };
  }

  readonly report = ({ stage, done }: Progress): void => {
    const [at, last] = [this.#now(), this.#last];
    this.#last = { stage, done, at };
    const goes = last.stage === stage && done > last.done;
    const paces = goes ? this.#going : this.#begun;
    const { rows, milliseconds } = paces.get(stage) ?? { rows: 0, milliseconds: 0 };
    paces.set(stage, {
      rows: rows + done - (goes ? last.done : 0),
      milliseconds: milliseconds + at - last.at,
    });
  };

  /** Seconds for a row of a stage. @throws RangeError if it never reported. */
  secondsFor(stage: string): number {
    const pace = this.#going.get(stage) ?? this.#begun.get(stage);
    if (!pace) throw new RangeError(`${stage}: was not measured`);
    return pace.milliseconds / 1000 / pace.rows;
  }
}
