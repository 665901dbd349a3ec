import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { InputError } from '../errors.js';

/** A run is trained by one process at a time: a file beside its folder says by which. */
export class RunLock implements Disposable {
  readonly #path: string;

  /** @throws InputError if a process that is still there has it, or it cannot be written. */
  constructor(run: string) {
    this.#path = `${resolve(run)}.lock`;
    try {
      if (!existsSync(dirname(this.#path))) mkdirSync(dirname(this.#path), { recursive: true });
      this.#take(run);
    } catch (error) {
      if (error instanceof InputError) throw error;
      const { code } = error as NodeJS.ErrnoException;
      throw new InputError(`${run}: cannot be written (${code ?? String(error)})`, { cause: error });
    }
  }

  #take(run: string): void {
    const own = `${process.pid} ${startOf(process.pid) ?? ''}\n`;
    for (;;)
      try {
        writeFileSync(this.#path, own, { flag: 'wx' });
        return;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
        const [pid = '', start = ''] = readFileSync(this.#path, 'utf8').trim().split(' ');
        if (isThere(Number(pid), start))
          throw new InputError(`${run}: is being trained by process ${pid} (${this.#path})`, {
            cause: error,
          });
        rmSync(this.#path, { force: true }); // of a process that was killed
      }
  }

  [Symbol.dispose](): void {
    rmSync(this.#path, { force: true });
  }
}

/** When a process began, in the system's ticks, where the system tells: another may get its number later. */
function startOf(pid: number): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)!.split(' ')[19];
  } catch {
    return undefined;
  }
}

function isThere(pid: number, start: string): boolean {
  if (!Number.isInteger(pid) || pid < 1) return false;
  try {
    process.kill(pid, 0); // asks, and does nothing
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
  }
  return start === '' || start === startOf(pid);
}
