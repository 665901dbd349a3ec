import { test } from 'tap';
import { SessionCache } from '../../src/engine/cache.js';
import { liveSessions, openSession, type Session } from '../../src/engine/session.js';

/** A session that does nothing but record its release. */
function fake(name: string, released: string[] = [], run = Promise.resolve({})): Session {
  const release = async (): Promise<void> => void released.push(name);
  return openSession({ inputs: {}, outputs: {}, run: () => run, release });
}

/** A promise settled from outside. */
function latch<T>(): { promise: Promise<T>; resolve: (value: T) => void } {
  let resolve!: (value: T) => void;
  const promise = new Promise<T>((open) => (resolve = open));
  return { promise, resolve };
}

test('the least recently used session is disposed first', async (t) => {
  const live = liveSessions();
  const released: string[] = [];
  await using cache = new SessionCache({ capacity: 2 });
  const get = (name: string) => cache.get(name, async () => fake(name, released));
  const a = await get('a');
  await get('b');
  t.equal(await get('a'), a, 'kept');
  await get('c');
  t.same([cache.size, cache.compiled], [2, 3]);
  await new Promise(setImmediate);
  t.same(released, ['b']);
  await get('b');
  await cache[Symbol.asyncDispose]();
  t.same(released.slice(0, 2), ['b', 'a']);
  t.same(released.slice(2).sort(), ['b', 'c'], 'the rest goes with the cache');
  t.equal(liveSessions(), live);
});

test('concurrent calls with one key share a session', async (t) => {
  await using cache = new SessionCache();
  const { promise, resolve } = latch<Session>();
  const makers: string[] = [];
  const ask = (name: string) =>
    cache.get('key', () => {
      makers.push(name);
      return promise;
    });
  const both = [ask('first'), ask('second')];
  resolve(fake('key'));
  const [first, second] = await Promise.all(both);
  t.equal(first, second);
  t.same(makers, ['first']);
});

test('a failed creation is not cached', async (t) => {
  await using cache = new SessionCache();
  const fail = async (): Promise<Session> => {
    throw new RangeError('no such shape');
  };
  const failures = await Promise.allSettled([cache.get('key', fail), cache.get('key', fail)]);
  t.same(
    failures.map(({ status }) => status),
    ['rejected', 'rejected'],
  );
  t.equal(cache.size, 0);
  const session = fake('key');
  t.equal(await cache.get('key', async () => session), session, 'and may be made later');
});

test('a session dropped during its creation is disposed once it exists', async (t) => {
  const live = liveSessions();
  const { promise, resolve } = latch<Session>();
  const cache = new SessionCache();
  const asked = cache.get('key', () => promise);
  const disposed = cache[Symbol.asyncDispose]();
  resolve(fake('key'));
  await Promise.all([asked, disposed]);
  t.equal(liveSessions(), live);
});

test('disposal waits for a run in progress', async (t) => {
  const released: string[] = [];
  const { promise, resolve } = latch<object>();
  const cache = new SessionCache();
  const session = await cache.get('key', async () => fake('key', released, promise));
  const run = session.run({});
  const disposed = cache[Symbol.asyncDispose]();
  await new Promise(setImmediate);
  t.same(released, [], 'still running');
  resolve({});
  await Promise.all([run, disposed]);
  t.same(released, ['key']);
});

test('a disposed cache returns no session, and a capacity below 1 is refused', async (t) => {
  const cache = new SessionCache();
  await cache[Symbol.asyncDispose]();
  await t.rejects(
    cache.get('key', async () => fake('key')),
    {
      name: 'RangeError',
      message: 'session cache: get after it was disposed',
    },
  );
  for (const capacity of [0, 1.5])
    t.throws(() => new SessionCache({ capacity }), {
      message: `capacity: expected at least 1, got ${capacity}`,
    });
});
