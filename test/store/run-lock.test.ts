import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
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
