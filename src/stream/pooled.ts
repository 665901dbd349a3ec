/** The only file that imports Piscina. Its queue rejects tasks when full, so the number in flight is bounded here. */
import '../no-telemetry.js';
import { basename } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import { move, Piscina, transferableSymbol, valueSymbol } from 'piscina';
import { inFlight } from './concurrent.js';
import { checkInteger, fromThread } from '../errors.js';
import { operator, type Operator } from './operator.js';

export interface PoolOptions {
  /** The built `.js` file of the worker, as a URL beside the operator: `new URL('./tokenize.worker.js', import.meta.url)`. */
  worker: URL;
  /** Threads, at least 1. */
  threads: number;
  /** Passed to every thread once, as `workerData`. Must survive structured cloning. */
  data?: unknown;
  /** Milliseconds that a task may take, including its wait for a thread; default half an hour. */
  patience?: number;
}

const PATIENCE = 30 * 60_000;

/**
 * A pool of threads. When it closes, running tasks are awaited, not killed.
 * @example
 * await using pool = new Pool({ worker: new URL('./square.worker.js', import.meta.url), threads: 2 });
 * console.log(await pool.run<number>(7)); // 49
 */
export class Pool implements AsyncDisposable {
  readonly #pool: Piscina;
  readonly #name: string;
  readonly #patience: number;
  /** One per thread; settles when the thread has loaded its worker or has ended. */
  readonly #loaded: Promise<unknown>[];
  /** Stops each task that waits or runs. */
  readonly #tasks = new Set<AbortController>();
  /** Why a thread ended that had no task, as one that cannot load its worker: no thread takes its place. */
  #failure: Error | undefined;

  constructor({ worker, threads, data, patience = PATIENCE }: PoolOptions) {
    checkInteger('threads', threads);
    this.#name = basename(worker.pathname);
    this.#patience = patience;
    this.#pool = new Piscina({
      filename: worker.href,
      minThreads: threads,
      maxThreads: threads,
      idleTimeout: Infinity,
      workerData: data,
    });
    this.#pool.on('error', (error: Error) => {
      this.#failure ??= error;
      for (const task of this.#tasks) task.abort();
    });
    this.#loaded = this.#pool.threads.map(
      (thread) =>
        new Promise((resolve) => {
          for (const event of ['message', 'error', 'exit']) thread.once(event, resolve);
        }),
    );
  }

  /**
   * Runs the worker's export `name` (by default its default export). Buffers in `transfer` are detached from the sender.
   * @throws what the worker throws, in a task or while it is loaded, an InputError as such; an Error naming the worker if the
   * thread exits, or is terminated because it did not answer within `patience`.
   */
  async run<T>(
    task: unknown,
    { name = 'default', transfer = [] }: { name?: string; transfer?: ArrayBuffer[] } = {},
  ): Promise<T> {
    const late = new AbortController();
    const timer = setTimeout(() => {
      late.abort();
    }, this.#patience).unref();
    const { signal } = late;
    this.#tasks.add(late);
    try {
      if (this.#failure) throw this.#failure;
      return (await this.#pool.run(task, { name, transferList: transfer, signal })) as T;
    } catch (error) {
      if (this.#failure) throw fromThread(this.#failure);
      if (signal.aborted)
        throw new Error(`${this.#name}: no answer for ${this.#patience / 1000} s`, { cause: error });
      if (error instanceof Error && error.message.startsWith('worker exited'))
        throw new Error(`${this.#name}: ${error.message}`, { cause: error });
      throw fromThread(error);
    } finally {
      this.#tasks.delete(late);
      clearTimeout(timer);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // Terminating a thread while it loads a native library crashes the process.
    const late = new AbortController();
    const patience = after(this.#patience, undefined, { signal: late.signal }).catch(() => undefined);
    await Promise.race([Promise.all(this.#loaded), patience]);
    late.abort();
    await this.#pool.close();
  }
}

/** Every buffer behind the typed arrays in a value of plain objects. */
export function buffersOf(value: unknown): ArrayBuffer[] {
  const buffers = new Set<ArrayBuffer>();
  const visit = (part: unknown): void => {
    if (ArrayBuffer.isView(part)) buffers.add(part.buffer as ArrayBuffer);
    else if (typeof part === 'object' && part !== null) Object.values(part).forEach(visit);
  };
  visit(value);
  return [...buffers];
}

/** Marks a worker's return value so that its arrays are transferred, not copied: the worker must not use them again. */
export function handOver<T>(value: T): T {
  const transferable = { [transferableSymbol]: buffersOf(value), [valueSymbol]: value };
  return move(transferable as unknown as ArrayBuffer) as T;
}

export interface PooledOptions extends PoolOptions {
  /** Items that are waiting or finished, in addition to one per thread; default 2. */
  ahead?: number;
}

/**
 * An operator whose work is the default export of a worker file, run in a pool of threads. Order kept; at most
 * `threads + ahead` items in flight; a failure surfaces when its item's turn comes; owns its threads.
 * @example
 * const worker = new URL('./square.worker.js', import.meta.url); // export default (x: number) => x * x;
 * const square = pooled<number, number>('square', { worker, threads: 2 });
 */
export function pooled<In, Out>(name: string, { ahead = 2, ...pool }: PooledOptions): Operator<In, Out> {
  checkInteger('ahead', ahead, 0);
  return operator<In, Out>(name, async function* (input, context) {
    const threads = context.own(new Pool(pool));
    yield* inFlight(input, (item) => threads.run<Out>(item), pool.threads + ahead);
  });
}
