/** PyTorch in a separate process, asked for one step after another: see train_step.py. */
import { spawn, spawnSync, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Pairs } from './transformer.js';

const SCRIPT = fileURLToPath(new URL('../../../test/bench/train_step.py', import.meta.url));
/** The system's Python comes first: Debian's python3-torch belongs to it. */
const PYTHONS = ['/usr/bin/python3', 'python3'];

export interface Job extends Pairs {
  /** PyTorch's name of the device; default `cpu`. */
  device?: 'cpu' | 'cuda';
  /** Whether matrix products may use TensorFloat-32, on `cuda`. */
  tf32?: boolean;
  encoder: {
    layers: number;
    dim: number;
    heads: number;
    inner: number;
    vocabulary: number;
    positions: number;
  };
}

/** The Python that has PyTorch, if there is one. */
export const pythonWithTorch = (): string | undefined =>
  PYTHONS.find((python) => spawnSync(python, ['-c', 'import torch']).status === 0);

/** PyTorch's name of the GPU. */
export const gpu = (python: string): string =>
  spawnSync(python, ['-c', 'import torch; print(torch.cuda.get_device_name())'], {
    encoding: 'utf8',
  }).stdout.trim();

export class PyTorch implements Disposable {
  readonly #process: ChildProcessWithoutNullStreams;
  readonly #answers: AsyncIterator<string>;

  constructor(python: string, job: Job, env: NodeJS.ProcessEnv = {}) {
    this.#process = spawn(python, [SCRIPT], { env: { ...process.env, ...env } });
    this.#process.stderr.pipe(process.stderr);
    this.#answers = createInterface(this.#process.stdout)[Symbol.asyncIterator]();
    this.#process.stdin.write(`${JSON.stringify(job)}\n`);
  }

  /** Milliseconds that it took. */
  async run(what: 'step' | 'encode'): Promise<number> {
    this.#process.stdin.write(`${what}\n`);
    const answer = (await this.#answers.next()) as IteratorResult<string, undefined>;
    if (answer.done === true) throw new Error('the PyTorch side has ended');
    return 1000 * (JSON.parse(answer.value) as [number, unknown])[0];
  }

  [Symbol.dispose](): void {
    this.#process.stdin.end();
  }
}
