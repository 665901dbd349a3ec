/** Steps on a device: parameters that are trained in memory stay on it with their moments, and are updated inside the step. */
import * as tf from '@tensorflow/tfjs';
import { compile, type StatefulSession } from '../engine/compile.js';
import type { Device } from '../engine/device.js';
import type { Provider } from '../engine/load.js';
import { signatureKey, type Arrays, type Signature } from '../engine/session.js';
import { adamw, type Parameter } from '../model/optimisers/adamw.js';
import { atStep, type Rule } from '../model/optimisers/rule.js';
import type { Step } from './step.js';

/** Whether these parameters stay on the device instead of being fed to each step. */
export const holdsParameters = (device: Exclude<Device, 'auto'>): device is 'webgpu' => device === 'webgpu';

/** A parameter, its state, and how it is trained. */
export interface HeldParameter extends Parameter {
  rule: Rule;
}
type Held = Readonly<Record<string, HeldParameter>>;

/** The distinct rules: the step sizes of a rule are fed once for all its parameters. */
const rulesOf = (held: Held): Rule[] => [...new Set(Object.values(held).map(({ rule }) => rule))];

/** The same step with AdamW: it returns updated `p/`, `m/` and `v/` of the held parameters instead of their gradients. */
export function updating({ signature, fn }: Step, held: Held): Step {
  const rules = rulesOf(held);
  const scalar = { dtype: 'float32', shape: [] } as const;
  const added: Record<string, Signature[string]> = {};
  for (const i of rules.keys()) added[`size/${i}`] = added[`decay/${i}`] = scalar;
  for (const name of Object.keys(held))
    for (const part of ['m', 'v']) added[`${part}/${name}`] = signature[`p/${name}`]!;
  return {
    signature: { ...signature, ...added },
    fn: (inputs) => {
      const outputs = fn(Object.fromEntries(Object.keys(signature).map((name) => [name, inputs[name]!])));
      for (const [name, { rule }] of Object.entries(held)) {
        const i = rules.indexOf(rule);
        const { parameter, m, v } = adamw<tf.Tensor>(
          inputs[`p/${name}`]!,
          outputs[`gradient/${name}`]!,
          { m: inputs[`m/${name}`]!, v: inputs[`v/${name}`]! },
          {
            size: inputs[`size/${i}`]!,
            decay: rule.decay ? inputs[`decay/${i}`] : undefined,
            epsilon: atStep(rule, 0).epsilon,
          },
        );
        Object.assign(outputs, { [`p/${name}`]: parameter, [`m/${name}`]: m, [`v/${name}`]: v });
        delete outputs[`gradient/${name}`]; // eslint-disable-line @typescript-eslint/no-dynamic-delete -- a plain record
      }
      return outputs;
    },
  };
}

/** Runs such steps. When the shapes change, the parameters move to the new session. */
export class DeviceSteps implements AsyncDisposable {
  readonly #device: Provider;
  readonly #held: Held;
  #session: StatefulSession | undefined;
  #key = '';
  #state: Arrays;

  /** `held`: the current parameters. */
  constructor(device: Provider, held: Held) {
    this.#device = device;
    this.#held = held;
    this.#state = {};
    for (const [name, { data, m, v }] of Object.entries(held))
      Object.assign(this.#state, { [`p/${name}`]: data, [`m/${name}`]: m, [`v/${name}`]: v });
  }

  /** `made`: number of earlier steps. Held parameters in `feeds` are ignored. */
  async run(step: Step, feeds: Arrays, made: number): Promise<Arrays> {
    const { signature, fn } = updating(step, this.#held);
    const key = signatureKey(signature);
    if (this.#session === undefined || key !== this.#key) {
      this.#state = await this.#read();
      await this.#session?.[Symbol.asyncDispose]();
      this.#session = await compile(fn, signature, { device: this.#device, state: this.#state });
      this.#key = key;
    }
    const fed = Object.fromEntries(Object.entries(feeds).filter(([name]) => !(name in this.#state)));
    for (const [i, rule] of rulesOf(this.#held).entries()) {
      const { size, decay } = atStep(rule, made);
      fed[`size/${i}`] = Float32Array.of(size);
      fed[`decay/${i}`] = Float32Array.of(decay);
    }
    return this.#session.run(fed);
  }

  /** Copies the current held parameters and their moments back to the arrays that they came from. */
  async copyBack(): Promise<void> {
    const state = await this.#read();
    for (const [name, { data, m, v }] of Object.entries(this.#held)) {
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
