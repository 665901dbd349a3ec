import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { test } from 'tap';
import { RunLock } from '../../src/store/run-lock.js';

test('a run has one lock, which is removed when it is released', (t) => {
  const run = join(t.testdir(), 'runs', 'a');
  {
    using _lock = new RunLock(run);
    t.match(readFileSync(`${run}.lock`, 'utf8'), new RegExp(`^${process.pid} `));
    t.throws(() => new RunLock(run), {
      name: 'InputError',
      message: new RegExp(`a: is being trained by process ${process.pid} \\(.*a\\.lock\\)$`),
    });
  }
  t.notOk(existsSync(`${run}.lock`));
  t.end();
});

test('a link to a run has the lock of the run', (t) => {
  const dir = t.testdir({ run: {}, link: t.fixture('symlink', 'run') });
  using _lock = new RunLock(join(dir, 'run'));
  t.throws(() => new RunLock(join(dir, 'link')), { name: 'InputError', message: /link: is being trained/ });
  t.end();
});

test('the lock of a process that has ended is ignored', (t) => {
  const run = join(t.testdir(), 'run');
  for (const stale of ['4194305 77\n', `${process.pid} 1\n`, '', 'nonsense\n', '-5 1\n']) {
    writeFileSync(`${run}.lock`, stale);
    using _lock = new RunLock(run);
    t.match(readFileSync(`${run}.lock`, 'utf8'), new RegExp(`^${process.pid} `), stale);
  }
  t.end();
});

test('of processes that find the same lock of one that has ended, exactly one gets it', async (t) => {
  const ROUNDS = 200;
  const dir = t.testdir();
  const runs = Array.from({ length: ROUNDS }, (_x, i) => join(dir, `${i}`));
  for (const run of runs) writeFileSync(`${run}.lock`, '4194305 77\n');
  const code = `
    const { RunLock } = await import(${JSON.stringify(new URL('../../src/store/run-lock.js', import.meta.url))});
    const { runs, start } = JSON.parse(process.argv[1]);
    const taken = runs.map((run, i) => {
      while (Date.now() < start + 5 * i);
      try {
        return Boolean(new RunLock(run));
      } catch (error) {
        if (!/is being trained by process/.test(error.message)) throw error;
        return false;
      }
    });
    console.log(JSON.stringify(taken));
    process.stdin.resume(); // it lives, and holds its locks, until all have tried
  `;
  const given = JSON.stringify({ runs, start: Date.now() + 1000 });
  const children = [1, 2, 3].map(() =>
    spawn(process.execPath, ['--input-type=module', '-e', code, given], {
      stdio: ['pipe', 'pipe', 'inherit'],
    }),
  );
  const taken = await Promise.all(
    children.map(async ({ stdout }) => JSON.parse(String((await once(stdout, 'data'))[0])) as boolean[]),
  );
  for (const { stdin } of children) stdin.end();
  t.same(
    runs.map((_run, i) => taken.filter((of) => of[i]).length),
    runs.map(() => 1),
  );
  t.same(
    readdirSync(dir).filter((name) => name.endsWith('.lock.lock')),
    [],
  );
});

test('a lock that is being written is held by who writes it', async (t) => {
  const run = join(t.testdir(), 'run');
  const path = `${run}.lock`;
  const pid = String(process.pid);
  for (const begun of ['', pid.slice(0, -1)]) {
    writeFileSync(path, begun);
    // This thread waits inside of RunLock, so another one writes.
    const writer = new Worker(
      `const { appendFileSync } = require('node:fs');
      const { parentPort, workerData } = require('node:worker_threads');
      parentPort.postMessage('ready');
      setTimeout(() => appendFileSync(workerData.path, workerData.rest), 100);`,
      { eval: true, workerData: { path, rest: `${pid.slice(begun.length)} \n` } },
    );
    await once(writer, 'message');
    const message = new RegExp(`run: is being trained by process ${pid} `);
    t.throws(() => new RunLock(run), { name: 'InputError', message });
    await once(writer, 'exit');
    t.equal(readFileSync(path, 'utf8'), `${pid} \n`, 'it stays as it is');
  }
});

test('a folder that cannot be created is reported in one line', (t) => {
  const file = join(t.testdir({ file: '' }), 'file');
  t.throws(() => new RunLock(join(file, 'run')), {
    name: 'InputError',
    message: /file.run: cannot be written \(ENOTDIR\)$/,
  });
  t.end();
});
