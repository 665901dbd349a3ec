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
      this.#take(`${run}: ${use}`);
    } catch (error) {
      if (error instanceof InputError) throw error;
      const { code } = error as NodeJS.ErrnoException;
      throw new InputError(`${run}: cannot be written (${code ?? String(error)})`, { cause: error });
    }
  }

  #take(message: string): void {
    const own = `${process.pid} ${startOf(process.pid) ?? ''}\n`;
    for (;;)
      try {
        writeFileSync(this.#path, own, { flag: 'wx' });
        return;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
        const content = readWritten(this.#path);
        if (content === undefined) continue; // released meanwhile
        const [pid = '', start = ''] = content.trim().split(' ');
        if (isRunning(Number(pid), start))
          throw new InputError(`${message} by process ${pid} (${this.#path})`, {
            cause: error,
          });
        rmSync(this.#path, { force: true }); // left by a process that was killed
      }
  }

  [Symbol.dispose](): void {
    rmSync(this.#path, { force: true });
  }
}

/** How long another process may take from creating its lock to the end of its line, in milliseconds. */
const [WRITING, PAUSE] = [1000, 10];
const never = new Int32Array(new SharedArrayBuffer(4));

/** A file without a newline is being written, unless it stays so: then its process was killed. `undefined` if it is removed. */
function readWritten(path: string): string | undefined {
  const end = performance.now() + WRITING;
  while (isThere(path)) {
    const content = readFileSync(path, 'utf8');
    if (content.endsWith('\n') || performance.now() > end) return content;
    Atomics.wait(never, 0, 0, PAUSE);
  }
  return undefined;
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
