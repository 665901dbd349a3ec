import { readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { makeFolder } from '../files/make-folder.js';
import { isThere } from '../files/is-there.js';
import { InputError } from '../errors.js';

/** Ensures that one process at a time trains a run, or uses a store, by a file beside its folder with the process id. */
export class RunLock implements Disposable {
  readonly #path: string;

  /** @throws InputError if a running process holds the lock, or it cannot be written. */
  constructor(run: string, use = 'is being trained') {
    this.#path = `${isThere(run) ? realpathSync(run) : resolve(run)}.lock`; // a link must not hide it
    try {
      if (!isThere(dirname(this.#path))) makeFolder(dirname(this.#path));
      take(this.#path, `${run}: ${use}`);
    } catch (error) {
      if (error instanceof InputError) throw error;
      const { code } = error as NodeJS.ErrnoException;
      throw new InputError(`${run}: cannot be written (${code ?? String(error)})`, { cause: error });
    }
  }

  [Symbol.dispose](): void {
    rmSync(this.#path, { force: true });
  }
}

/** @throws InputError if a running process holds the lock. */
function take(path: string, message: string): void {
  const own = `${process.pid} ${startOf(process.pid) ?? ''}\n`;
  for (;;)
    try {
      writeFileSync(path, own, { flag: 'wx' });
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      if (isLeft(path, message)) removeLeft(path, message);
    }
}

/**
 * Of the processes that find a lock left by one that was killed, only the holder of the lock's own lock removes it: another
 * would remove what the first one takes in its place.
 */
function removeLeft(path: string, message: string): void {
  const own = `${path}.lock`;
  take(own, message);
  try {
    if (isLeft(path, message)) rmSync(path);
  } finally {
    rmSync(own);
  }
}

/** Whether the holder of a lock has ended, and the lock is still there. @throws InputError if the holder is running. */
function isLeft(path: string, message: string): boolean {
  const content = readWritten(path);
  if (content === undefined) return false;
  const [pid = '', start = ''] = content.trim().split(' ');
  if (isRunning(Number(pid), start)) throw new InputError(`${message} by process ${pid} (${path})`);
  return true;
}

/** How long another process may take from creating its lock to the end of its line, in milliseconds. */
const [WRITING, PAUSE] = [1000, 10];
const never = new Int32Array(new SharedArrayBuffer(4));

/** A file without a newline is being written, unless it stays so: then its process was killed. `undefined` if it is removed. */
function readWritten(path: string): string | undefined {
  const end = performance.now() + WRITING;
  try {
    for (;;) {
      const content = readFileSync(path, 'utf8');
      if (content.endsWith('\n') || performance.now() > end) return content;
      Atomics.wait(never, 0, 0, PAUSE);
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Start time of a process in system ticks, if known: tells it from a later process with the same id. */
function startOf(pid: number): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)!.split(' ')[19];
  } catch {
    return undefined;
  }
}

function isRunning(pid: number, start: string): boolean {
  if (!Number.isInteger(pid) || pid < 1) return false;
  try {
    process.kill(pid, 0); // sends no signal, only checks
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
  }
  return start === '' || start === startOf(pid);
}
