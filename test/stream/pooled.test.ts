import { test } from 'tap';
import { Pool } from '../../src/stream/pooled.js';

const worker = new URL('./unloadable.worker.js', import.meta.url);

test('what a worker throws while it is loaded is thrown to every task, before and after', async (t) => {
  await using pool = new Pool({ worker, threads: 2 });
  const outcomes = await Promise.allSettled([1, 2, 3, 4].map((task) => pool.run(task)));
  const failure = { code: 'ERR_INPUT', message: 'names.npy: cannot be opened' };
  for (const outcome of outcomes) t.match(outcome, { status: 'rejected', reason: failure });
  await t.rejects(pool.run(5), failure);
});

test('a worker that cannot be loaded does not end the process where there is no task', async (t) => {
  const pool = new Pool({ worker, threads: 1 });
  await t.resolves(pool[Symbol.asyncDispose]());
});
