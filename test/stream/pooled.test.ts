import { test } from 'tap';
import { Pool } from '../../src/stream/pooled.js';

const worker = new URL('./unloadable.worker.js', import.meta.url);

test('what a worker throws while it is loaded is thrown to every task, before and after', async (t) => {
  await using pool = new Pool({ worker, threads: 2 });
  const tasks = [1, 2, 3].map((task) => pool.run(task));
  for (const task of [...tasks, pool.run(4)])
    await t.rejects(task, { code: 'ERR_INPUT', message: 'names.npy: cannot be opened' });
  await t.rejects(pool.run(5), { code: 'ERR_INPUT', message: 'names.npy: cannot be opened' });
});

test('a worker that cannot be loaded does not end the process where there is no task', async (t) => {
  const pool = new Pool({ worker, threads: 1 });
  await t.resolves(pool[Symbol.asyncDispose]());
});
