/** The one test every operator must pass: `contract(t, { make, input, count })`. */
import type { Test } from 'tap';
import { operator, pipeline, OperatorError, type Operator } from '../src/index.js';

export interface Contract<In, Out> {
  /** A new operator with the smallest sensible window. */
  make: () => Operator<In, Out>;
  /** The `i`-th input item. */
  input: (i: number) => In;
  /** Results for `n` inputs; default `n`. */
  count?: (n: number) => number;
  /** Items that the operator may pull beyond those whose results were taken. */
  ahead: number;
  /** An input on which the operator fails, if there is one, and its message. */
  bad?: { item: In; message: RegExp };
}

/** An input that records how many items were taken and whether it was closed. */
function counted<In>(input: (i: number) => In, length: number) {
  const seen = { taken: 0, closed: false };
  async function* source(): AsyncGenerator<In> {
    try {
      for (; seen.taken < length;) yield input(seen.taken++);
    } finally {
      seen.closed = true;
    }
  }
  return { seen, source };
}

/** An operator that only records when the run closed what it owned. */
function witness<T>(closed: { count: number }): Operator<T, T> {
  return operator('witness', (items, { own }) => {
    own({ [Symbol.dispose]: () => closed.count++ });
    return items;
  });
}

export async function contract<In, Out>(
  t: Test,
  { make, input, count = (n) => n, ahead, bad }: Contract<In, Out>,
) {
  await t.test('gives nothing for nothing', async (t) => {
    t.equal(await pipeline<In, Out>([], make()).drain(), count(0));
  });

  await t.test('takes one item', async (t) => {
    t.equal(await pipeline([input(0)], make()).drain(), count(1));
  });

  await t.test('stops early, closes its source and does not run far ahead', async (t) => {
    const { seen, source } = counted(input, 1000);
    const closed = { count: 0 };
    const results = pipeline(source(), witness<In>(closed), make()).run();
    await results.next();
    await results.return(undefined);
    t.ok(seen.taken <= 1 + ahead, `took ${seen.taken} items for one result`);
    t.equal(closed.count, 1, 'what was owned is closed');
  });

  await t.test('hands on an error from upstream', async (t) => {
    async function* failing(): AsyncGenerator<In> {
      yield input(0);
      throw new Error('upstream broke');
    }
    const broken = operator<In, In>('broken', (items) => items);
    await t.rejects(pipeline(failing(), broken, make()).drain(), /upstream broke/);
  });

  if (bad)
    await t.test('wraps its own error once', async (t) => {
      const closed = { count: 0 };
      const error: unknown = await pipeline([bad.item], witness<In>(closed), make())
        .drain()
        .catch((e: unknown) => e);
      t.type(error, OperatorError);
      t.match((error as Error).message, bad.message);
      t.notOk((error as Error).cause instanceof OperatorError, 'wrapped once');
      t.equal(closed.count, 1, 'the others are closed');
    });

  await t.test('can be cancelled while it waits for input', async (t) => {
    const controller = new AbortController();
    const closed = { count: 0 };
    let blocked = (): void => undefined;
    const waiting = new Promise<void>((resolve) => (blocked = resolve));
    async function* stuck(): AsyncGenerator<In> {
      yield input(0);
      blocked();
      await new Promise(() => undefined);
    }
    const done = pipeline(stuck(), witness<In>(closed), make()).drain({ signal: controller.signal });
    await waiting;
    controller.abort(new Error('cancelled by the caller'));
    await t.rejects(done, /cancelled by the caller/);
    t.equal(closed.count, 1, 'what was owned is closed');
  });
}
