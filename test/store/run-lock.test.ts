import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
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
  for (const stale of ['4194305 77', `${process.pid} 1`, '', 'nonsense', '-5 1']) {
    writeFileSync(`${run}.lock`, stale);
    using _lock = new RunLock(run);
    t.match(readFileSync(`${run}.lock`, 'utf8'), new RegExp(`^${process.pid} `), stale);
  }
  t.end();
});

test('a folder that cannot be created is reported in one line', (t) => {
  const file = join(t.testdir({ file: '' }), 'file');
  t.throws(() => new RunLock(join(file, 'run')), {
    name: 'InputError',
    message: /file.run: cannot be written \(ENOTDIR\)$/,
  });
  t.end();
});
