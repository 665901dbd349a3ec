import type { Progress } from '../stream/progress.js';

interface Pace {
  rows: number;
  seconds: number;
}

/** Seconds per row of each part, from its progress reports: over the second half, or over all of it if it reported once. */
export class Rates {
  readonly #all = new Map<string, Pace>();
  readonly #second = new Map<string, Pace>();
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
    for (const paces of goes && 2 * last.done >= total ? [this.#all, this.#second] : [this.#all]) {
      const { rows, seconds } = paces.get(stage) ?? { rows: 0, seconds: 0 };
      paces.set(stage, {
        rows: rows + done - (goes ? last.done : 0),
        seconds: seconds + (at - last.at) / 1000,
      });
    }
  };

  /** The stage that reported last has gone on until now: this time belongs to all of its rows. */
  readonly end = (): void => {
    const { stage, at } = this.#last;
    const seconds = (this.#now() - at) / 1000;
    const all = this.#of(stage);
    const second = this.#second.get(stage);
    if (second) second.seconds += (seconds * second.rows) / all.rows;
    all.seconds += seconds;
    this.start();
  };

  /** What is reported next begins now. */
  readonly start = (): void => {
    this.#last = { stage: '', done: 0, at: this.#now() };
  };

  has(stage: string): boolean {
    return this.#all.has(stage);
  }

  /** Seconds per row after warm-up. @throws RangeError if it never reported. */
  paceOf(stage: string): number {
    const { rows, seconds } = this.#second.get(stage) ?? this.#of(stage);
    return seconds / rows;
  }

  /** Seconds that a part took beyond its pace, or beyond a given one. @throws RangeError if it never reported. */
  beginningOf(stage: string, pace = this.paceOf(stage)): number {
    const { rows, seconds } = this.#of(stage);
    return Math.max(0, seconds - pace * rows);
  }

  #of(stage: string): Pace {
    const all = this.#all.get(stage);
    if (!all) throw new RangeError(`${stage}: was not measured`);
    return all;
  }
}
