/** Module I on a device: the dense parameters and their moments stay there, updated by AdamW inside the step. */
import * as tf from '@tensorflow/tfjs';
import { compile, type StatefulSession } from '../engine/compile.js';
import type { Device } from '../engine/device.js';
import type { Provider } from '../engine/load.js';
import { signatureKey, type Arrays, type Signature } from '../engine/session.js';
import { adamw, type Parameter } from '../model/optimisers/adamw.js';
import type { Encoder } from '../model/encoders/encoder.js';
import type { Step } from './step.js';

/** Whether the dense parameters stay on the device, instead of being fed to each step. */
export const holdsParameters = (device: Exclude<Device, 'auto'>): device is 'webgpu' => device === 'webgpu';

/** Size of an update and weight decay, as `adamw` takes them. */
export interface Rates {
  size: number;
  decay: number;
}

/** The same step with AdamW: `p/`, `m/` and `v/` of the dense parameters come out anew instead of their gradients. */
export function updating({ signature, fn }: Step, encoder: Encoder): Step {
  const names = Object.keys(encoder.dense);
  const scalar = { dtype: 'float32', shape: [] } as const;
  const moments: Record<string, Signature[string]> = { size: scalar, decay: scalar };
  for (const name of names)
    for (const part of ['m', 'v']) moments[`${part}/${name}`] = signature[`p/${name}`]!;
  return {
    signature: { ...signature, ...moments },
    fn: (inputs) => {
      const outputs = fn(Object.fromEntries(Object.keys(signature).map((name) => [name, inputs[name]!])));
      for (const name of names) {
        const { parameter, m, v } = adamw<tf.Tensor>(
          inputs[`p/${name}`]!,
          outputs[`gradient/${name}`]!,
          { m: inputs[`m/${name}`]!, v: inputs[`v/${name}`]! },
          { size: inputs['size']!, decay: encoder.decays(name) ? inputs['decay'] : undefined },
        );
        Object.assign(outputs, { [`p/${name}`]: parameter, [`m/${name}`]: m, [`v/${name}`]: v });
        delete outputs[`gradient/${name}`]; // eslint-disable-line @typescript-eslint/no-dynamic-delete -- a plain record
      }
      return outputs;
    },
  };
}

/** Runs such steps; the parameters move along when the shapes change. */
export class DeviceSteps implements AsyncDisposable {
  readonly #encoder: Encoder;
  readonly #device: Provider;
  #session: StatefulSession | undefined;
  #key = '';
  #state: Arrays;

  /** `parameters`: the dense ones to begin with. */
  constructor(encoder: Encoder, device: Provider, parameters: Readonly<Record<string, Parameter>>) {
    this.#encoder = encoder;
    this.#device = device;
    this.#state = {};
    for (const name of Object.keys(encoder.dense)) {
      const { data, m, v } = parameters[name]!;
      Object.assign(this.#state, { [`p/${name}`]: data, [`m/${name}`]: m, [`v/${name}`]: v });
    }
  }

  /** `feeds` without the dense parameters. */
  async run(step: Step, feeds: Arrays, { size, decay }: Rates): Promise<Arrays> {
    const { signature, fn } = updating(step, this.#encoder);
    const key = signatureKey(signature);
    if (this.#session === undefined || key !== this.#key) {
      this.#state = await this.#read();
      await this.#session?.[Symbol.asyncDispose]();
      this.#session = await compile(fn, signature, { device: this.#device, state: this.#state });
      this.#key = key;
    }
    return this.#session.run({ ...feeds, size: Float32Array.of(size), decay: Float32Array.of(decay) });
  }

  /** Copies the dense parameters as they are now, with their moments, into `parameters`. */
  async copyInto(parameters: Readonly<Record<string, Parameter>>): Promise<void> {
    const state = await this.#read();
    for (const name of Object.keys(this.#encoder.dense)) {
      const { data, m, v } = parameters[name]!;
      data.set(state[`p/${name}`] as Float32Array);
      m.set(state[`m/${name}`] as Float32Array);
      v.set(state[`v/${name}`] as Float32Array);
    }
  }

  #read(): Promise<Arrays> {
    return this.#session?.read() ?? Promise.resolve(this.#state);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#session?.[Symbol.asyncDispose]();
  }
}
