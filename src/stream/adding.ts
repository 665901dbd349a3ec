import { inFlight } from './concurrent.js';
import { operator, type Operator } from './operator.js';
import { Pool, type PoolOptions } from './pooled.js';
import type { Context } from './step.js';

/** How much an operator does at once. */
export interface Concurrency {
  /** Default 2. */
  threads?: number;
  /** Batches in flight besides those in the threads; default 2. */
  ahead?: number;
}

export interface AddingOptions<T, F extends string, Added> extends PoolOptions {
  /** The field that is added. */
  field: F;
  /** Batches in flight besides those in the threads. */
  ahead: number;
  /** Called when a run starts; what it returns makes the worker's task from a batch. */
  tasks: (context: Context) => (batch: T) => unknown;
  /** Rows that a batch counts for in progress. */
  rows: (added: Added, batch: T) => number;
}

/**
 * An operator that adds a field to each batch: the result of the worker's default export for the batch's task. Order
 * kept; at most `threads + ahead` batches in flight; a failure surfaces when its batch's turn comes; owns its threads.
 */
export const adding = <T extends object, F extends string, Added>(
  name: string,
  { field, ahead, tasks, rows, ...pool }: AddingOptions<T, F, Added>,
): Operator<T, T & Record<F, Added>> =>
  operator<T, T & Record<F, Added>>(name, async function* (batches, context) {
    const taskOf = tasks(context);
    const threads = context.own(new Pool(pool));
    const work = async (batch: T) => {
      const added = await threads.run<Added>(taskOf(batch));
      context.progress(rows(added, batch));
      return { ...batch, [field]: added } as T & Record<F, Added>;
    };
    yield* inFlight(batches, work, pool.threads + ahead);
  });
