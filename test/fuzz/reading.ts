/** A reader in a process of its own, which may crash, hang and fill its memory without harm to who asks. */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { FormatName } from './formats.js';
import type { Readers } from './format.js';
import type { Answer } from './reader.js';

const LONGEST_MS = 10_000;

export class Reading implements Disposable {
  readonly #args: string[];
  #child: ChildProcess | undefined;

  constructor(format: FormatName, side: keyof Readers) {
    this.#args = [format, side];
  }

  /** Reads a file. A process that ended, or that was ended because it took too long, is told as a crash. */
  async read(path: string): Promise<Answer> {
    const child = (this.#child ??= await this.#start());
    const told = new AbortController();
    const { signal } = told;
    const timer = setTimeout(() => child.kill('SIGKILL'), LONGEST_MS);
    let stderr = '';
    const listen = (text: Buffer) => void (stderr += text.toString());
    child.stderr!.on('data', listen);
    const start = performance.now();
    try {
      child.send(path);
      const first = await Promise.race([
        once(child, 'message', { signal }).then(([answer]) => answer as Answer),
        once(child, 'exit', { signal }).then(([code, by]) => String(code ?? by)),
      ]);
      if (typeof first === 'object') return first;
      this.#child = undefined;
      const ms = performance.now() - start;
      const why =
        ms >= LONGEST_MS ? `took more than ${LONGEST_MS} ms` : `the process ended with ${first}: ${stderr}`;
      return { crash: why, ms, peakMB: 0 };
    } finally {
      clearTimeout(timer);
      child.stderr!.off('data', listen);
      told.abort();
    }
  }

  /** Loading its modules is not part of the time that reading takes. */
  async #start(): Promise<ChildProcess> {
    const child = fork(new URL('reader.js', import.meta.url), this.#args, {
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    await once(child, 'message');
    return child;
  }

  /** Ends the process; the next file is read by a new one. */
  [Symbol.dispose](): void {
    this.#child?.kill();
    this.#child = undefined;
  }
}
