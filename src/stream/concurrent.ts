import { operator, type Operator } from './operator.js';
import type { Context } from './step.js';
import { checkInteger } from '../errors.js';

export interface ConcurrentOptions {
  /** Items in flight, or finished but not yet taken by the consumer; at least 1. */
  window: number;
}

/**
 * Runs `work` on several items at once. Order kept; at most `window` items are read but not yet yielded; a failure
 * surfaces when its item's turn comes; owns nothing.
 * @example
 * const sizes = concurrent('size', async (path: string) => (await stat(path)).size, { window: 4 });
 */
export function concurrent<In, Out>(
  name: string,
  work: (item: In, context: Context) => Promise<Out>,
  { window }: ConcurrentOptions,
): Operator<In, Out> {
  return operator<In, Out>(name, async function* (input, context) {
    yield* inFlight(input, (item) => work(item, context), window);
  });
}

/**
 * The loop itself: in order, never more than `window` items between input and consumer. A result is yielded as soon as it
 * is ready and its turn has come, even if no further input arrives.
 */
export async function* inFlight<In, Out>(
  input: AsyncIterable<In>,
  work: (item: In) => Promise<Out>,
  window: number,
): AsyncGenerator<Awaited<Out>> {
  checkInteger('window', window);
  const source = input[Symbol.asyncIterator]();
  const pending: Promise<Out>[] = [];
  let next: Promise<IteratorResult<In>> | undefined;
  let ended = false;
  try {
    while (!ended || pending.length > 0) {
      if (!ended && pending.length < window) next ??= quiet(source.next());
      const arrived = await firstOf(next, pending[0]);
      if (arrived === undefined) {
        yield await pending.shift()!;
        continue;
      }
      next = undefined;
      if (arrived.done === true) ended = true;
      else pending.push(quiet(work(arrived.value)));
    }
  } finally {
    await Promise.allSettled(pending); // work in a thread cannot be cancelled, only awaited
    if (!ended) await source.return?.();
  }
}

/** Whichever is ready first: the next input, or the oldest result (`undefined`). Input wins if both are ready. */
async function firstOf<In>(
  next: Promise<IteratorResult<In>> | undefined,
  head: Promise<unknown> | undefined,
): Promise<IteratorResult<In> | undefined> {
  const result = head?.then(() => undefined);
  return Promise.race([next, result].filter((promise) => promise !== undefined));
}

/** A failure is reported when its turn comes, not before. */
function quiet<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined);
  return promise;
}
