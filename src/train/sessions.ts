import { SessionCache } from '../engine/cache.js';
import { compile } from '../engine/compile.js';
import type { Device } from '../engine/device.js';
import { eager } from '../engine/eager.js';
import { signatureKey, type Arrays } from '../engine/session.js';
import type { Step } from './step.js';

export interface StepSessionsOptions {
  /** Threads within one step. */
  threads: number;
  device: Exclude<Device, 'auto'>;
}

/** One compiled step of each kind. A session never frees memory, so one whose shape was outgrown is disposed. */
export class StepSessions implements AsyncDisposable {
  readonly #options: StepSessionsOptions;
  readonly #sessions = {
    whole: new SessionCache({ capacity: 1 }),
    encode: new SessionCache({ capacity: 1 }),
    loss: new SessionCache({ capacity: 1 }),
    backward: new SessionCache({ capacity: 1 }),
  };

  constructor(options: StepSessionsOptions) {
    this.#options = options;
  }

  /** Number of steps compiled so far, one per shape. */
  get compiled(): number {
    return Object.values(this.#sessions).reduce((sum, { compiled }) => sum + compiled, 0);
  }

  /** The result is valid until the next step of that kind. */
  async run(
    kind: 'whole' | 'encode' | 'loss' | 'backward',
    { signature, fn }: Step,
    feeds: Arrays,
  ): Promise<Arrays> {
    const { threads, device } = this.#options;
    const session = await this.#sessions[kind].get(signatureKey(signature), () =>
      device === 'tensorflow'
        ? eager(fn, signature, { backend: 'tensorflow' })
        : compile(fn, signature, { threads, device }),
    );
    return session.run(feeds);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const sessions of Object.values(this.#sessions)) await sessions[Symbol.asyncDispose]();
  }
}
