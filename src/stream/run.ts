/// <reference types="highland" preserve="true" />
import { setMaxListeners } from 'node:events';
import { pull, push } from './bridge.js';
import { OperatorError } from '../errors.js';
import type { Context, Step } from './step.js';

/** Called with an operator's name and the items it finished since the last call. */
export type OnProgress = (operator: string, items: number) => void;

export interface RunOptions {
  /** Cancels the whole run. */
  signal?: AbortSignal | undefined;
  onProgress?: OnProgress | undefined;
}

/**
 * One execution of a pipeline: an abort signal and the steps that run under it.
 * @example
 * const run = new Run({ signal }); // `pipeline` makes one itself
 * const results = tokenize({ tokenizer })(batches, run);
 */
export class Run {
  readonly #controller = new AbortController();
  readonly #running: Promise<void>[] = [];
  readonly #onProgress: OnProgress;

  constructor({ signal, onProgress = () => undefined }: RunOptions = {}) {
    this.#onProgress = onProgress;
    setMaxListeners(0, this.signal); // each step adds several listeners
    if (signal?.aborted) this.stop(signal.reason);
    signal?.addEventListener(
      'abort',
      () => {
        this.stop(signal.reason);
      },
      { once: true, signal: this.signal },
    );
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Stops every step. The first reason wins. */
  stop(reason?: unknown): void {
    this.#controller.abort(reason);
  }

  /** Resolves when every step has run its `finally` blocks and closed what it owned. */
  async closed(): Promise<void> {
    await Promise.allSettled(this.#running);
  }

  /** Starts a step on `source`. Its failure stops the run and arrives downstream as an `OperatorError`. */
  start<In, Out>(name: string, step: Step<In, Out>, source: Highland.Stream<In>): Highland.Stream<Out> {
    const owned: Owned[] = [];
    const { signal } = this;
    const context: Context = {
      name,
      signal,
      progress: (items) => {
        this.#onProgress(name, items);
      },
      own: (resource) => {
        owned.push(resource);
        return resource;
      },
    };
    let pulled = 0;
    const input = pull(source, signal, () => pulled++);
    const fail = (error: unknown): never => {
      if (signal.aborted || error instanceof OperatorError) throw error;
      const wrapped = new OperatorError(name, pulled, error);
      this.stop(wrapped);
      throw wrapped;
    };
    const { promise, resolve } = deferred();
    this.#running.push(promise);
    async function* guarded(): AsyncGenerator<Out> {
      try {
        yield* step(input, context);
      } catch (error) {
        fail(error);
      } finally {
        await closeAll(owned).finally(resolve);
      }
    }
    return push(guarded(), signal, resolve);
  }
}

function deferred(): { promise: Promise<void>; resolve: () => void } {
  let resolve = (): void => undefined;
  const promise = new Promise<void>((r) => (resolve = r));
  return { promise, resolve };
}

/** What must be closed, at once or in its own time. */
export type Owned = AsyncDisposable | Disposable;

/** Closes in reverse order of opening. If one fails, the others are still closed; then the first error is thrown. */
export async function closeAll(resources: readonly Owned[]): Promise<void> {
  const errors: unknown[] = [];
  for (const resource of resources.toReversed()) {
    try {
      if (Symbol.asyncDispose in resource) await resource[Symbol.asyncDispose]();
      else resource[Symbol.dispose]();
    } catch (error) {
      errors.push(error);
    }
  }
  if (errors.length > 0) throw errors[0];
}
