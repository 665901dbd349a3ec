/// <reference types="highland" preserve="true" />
import { pull, toStream } from './bridge.js';
import type { Before, Last } from './chain.js';
import { Finished } from '../errors.js';
import type { Transform } from './operator.js';
import { Run, type RunOptions } from './run.js';

/** The input of a pipeline. An async iterable is closed when the run ends, however it ends. */
export type Source<T> = Iterable<T> | AsyncIterable<T> | Highland.Stream<T>;

/**
 * Chains steps; nothing runs until `run` or `drain`. Plain Highland functions may stand between operators. For types of
 * generic operators see `chain`.
 * @example
 * const batches = pipeline(paths, readParquet({ columns: { text: 'string' } }), tokenize({ tokenizer }));
 * for await (const { tokens } of batches.run({ signal })) console.log(tokens.values.length);
 */
export function pipeline<A>(source: Source<A>): Pipeline<A>;
export function pipeline<A, B, C = B, D = C, E = D, F = E, G = F, H = G, I = H, More extends unknown[] = []>(
  source: Source<NoInfer<A>>,
  a: Transform<A, B>,
  b?: Transform<B, C>,
  c?: Transform<C, D>,
  d?: Transform<D, E>,
  e?: Transform<E, F>,
  f?: Transform<F, G>,
  g?: Transform<G, H>,
  h?: Transform<H, I>,
  ...more: { [At in keyof More]: Transform<Before<I, More, At>, More[At]> }
): Pipeline<Last<I, More>>;
// The overloads above carry the types; inside, a step is a function from stream to stream.
export function pipeline(
  source: Source<unknown>,
  ...steps: readonly (Transform<unknown, unknown> | undefined)[]
): Pipeline<unknown> {
  const given = steps.filter((step) => step !== undefined);
  return new Pipeline(source, given);
}

/** A definition that can be run; each run is independent if its source can be iterated again. */
export class Pipeline<Out> {
  readonly #source: Source<unknown>;
  readonly #steps: Transform<unknown, unknown>[];

  constructor(source: Source<unknown>, steps: Transform<unknown, unknown>[]) {
    this.#source = source;
    this.#steps = steps;
  }

  /**
   * Yields the results. Leaving the loop early, an error, and the caller's signal all stop every step, and
   * `run` returns only after each of them has closed what it owned.
   */
  async *run(options: RunOptions = {}): AsyncGenerator<Out, void> {
    const run = new Run(options);
    let stream = toStream<unknown>(this.#source, run.signal);
    for (const step of this.#steps) {
      const input = stream;
      stream = input.through((items: Highland.Stream<unknown>) => step(items, run));
    }
    try {
      yield* pull(stream as Highland.Stream<Out>, run.signal);
    } finally {
      run.stop(new Finished());
      await run.closed();
    }
  }

  /** Runs until the first result and returns it. @throws RangeError if there is no result. */
  async first(options?: RunOptions): Promise<Out> {
    for await (const result of this.run(options)) return result;
    throw new RangeError('the pipeline yielded no result');
  }

  /** Runs to the end and returns the number of results. */
  async drain(options?: RunOptions): Promise<number> {
    let count = 0;
    const results = this.run(options);
    while (!(await results.next()).done) count++;
    return count;
  }
}
