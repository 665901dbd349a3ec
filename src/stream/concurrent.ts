import { operator, type Context, type Operator } from './operator.js';

export interface ConcurrentOptions {
  /** Items in flight or finished and not yet taken by the consumer; at least 1. */
  window: number;
}

/**
 * Runs `work` over several items at once. Order kept; at most `window` items are read and not yet handed on;
 * a failure surfaces when its item's turn comes; owns nothing.
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

/** The loop itself: in order, never more than `window` items between input and consumer. */
export async function* inFlight<In, Out>(
  input: AsyncIterable<In>,
  work: (item: In) => Promise<Out>,
  window: number,
): AsyncGenerator<Awaited<Out>> {
  if (!Number.isInteger(window) || window < 1)
    throw new RangeError(`window: expected at least 1, got ${window}`);
  const pending: Promise<Out>[] = [];
  try {
    for await (const item of input) {
      const result = work(item);
      result.catch(() => undefined); // reported when its turn comes
      pending.push(result);
      if (pending.length === window) yield await pending.shift()!;
    }
    while (pending.length > 0) yield await pending.shift()!;
  } finally {
    await Promise.allSettled(pending); // what runs in a thread cannot be called back, only waited for
  }
}
