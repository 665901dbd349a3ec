import type { Progress } from '../stream/progress.js';

interface Pace {
  rows: number;
  milliseconds: number;
}

/**
 * How fast stages go, from their reports: the second half of a stage gives its pace, and what the first half took beyond
 * that is taken once, however many rows there are. Of a stage that reports once, all is pace.
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

  readonly report = ({ stage, done, total = 0 }: Progress): void => {
    const [at, last] = [this.#now(), this.#last];
    this.#last = { stage, done, at };
    const goes = last.stage === stage && done > last.done;
    const paces = goes && 2 * last.done >= total ? this.#going : this.#begun;
    const { rows, milliseconds } = paces.get(stage) ?? { rows: 0, milliseconds: 0 };
    paces.set(stage, {
      rows: rows + done - (goes ? last.done : 0),
      milliseconds: milliseconds + at - last.at,
    });
  };

  /** Whether a stage has reported. */
  has(stage: string): boolean {
    return this.#begun.has(stage);
  }

  /** Seconds for so many rows of a stage. @throws RangeError if it never reported. */
  secondsFor(stage: string, rows: number): number {
    const begun = this.#begun.get(stage);
    if (!begun) throw new RangeError(`${stage}: was not measured`);
    const going = this.#going.get(stage) ?? begun;
    const pace = going.milliseconds / going.rows;
    return (Math.max(0, begun.milliseconds - pace * begun.rows) + pace * rows) / 1000;
  }
}
