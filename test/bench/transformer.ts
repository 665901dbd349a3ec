/** Transformers and steps for the benches. */
import { holdsParameters, DeviceSteps } from '../../src/train/device-steps.js';
import { Room } from '../../src/engine/room.js';
import type { PairBatch } from '../../src/sample/pairs.js';
import { pack } from '../../src/encode/pack.js';
import type { Parameter } from '../../src/model/optimisers/adamw.js';
import { bert } from '../../src/model/encoders/bert.js';
import type { Encoder } from '../../src/model/encoders/encoder.js';
import { Random } from '../../src/random.js';
import { toLists } from '../../src/formats/lists.js';
import type { Tensors } from '../../src/formats/safetensors.js';
import { encoderParameters } from '../../src/train/encoder-parameters.js';
import { Gradients, type BatchGradients, type GradientsOptions } from '../../src/train/gradients.js';
import { pairInputs, pairLoss } from '../../src/train/objectives/pairs.js';
import { Parameters } from '../../src/train/parameters.js';

export const THREADS = 2;
export const VOCABULARY = 30_522;

/** Texts and, for each, the text of a label, as token ids. */
export interface Pairs {
  texts: number[][];
  labels: number[][];
}

export interface Shape {
  layers: number;
  dim: number;
}
export const SMALL: Shape = { layers: 3, dim: 384 };
export const BASE: Shape = { layers: 6, dim: 768 };

export const encoderOf = ({ layers, dim }: Shape) =>
  ({
    layers,
    dim,
    heads: 12,
    inner: 4 * dim,
    vocabulary: VOCABULARY,
    positions: 512,
  }) as const;

export const ours = (shape: Shape, block?: number): Encoder =>
  bert(
    {
      ...encoderOf(shape),
      family: 'bert',
      prefix: '',
      types: 0,
      epsilon: 1e-12,
      dropout: 0,
      attentionDropout: 0,
      pooling: 'mean',
    },
    block,
  );

export function randomParameters({ dense, tables }: Encoder): Tensors {
  const random = new Random(1);
  const tensor = (name: string, shape: readonly number[]) => ({
    shape,
    data: Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () =>
      /LayerNorm.weight/.test(name) ? 1 : 0.07 * (random.next() - 0.5),
    ),
  });
  const shapes = Object.entries(tables).map(([name, width]) => [name, [VOCABULARY, width]] as const);
  return Object.fromEntries([...Object.entries(dense), ...shapes].map(([n, s]) => [n, tensor(n, s)]));
}

/** A side of a benchmark, which repeats one task. */
export interface Side extends AsyncDisposable {
  run(): Promise<unknown>;
}

/** The trainer's step on one batch: gradients, and AdamW. */
export class OurStep implements Side {
  readonly #encoder: Encoder;
  readonly #parameters: Parameters;
  readonly #batch: PairBatch;
  readonly #steps: DeviceSteps | undefined;
  readonly #gradients: Gradients;
  #made = 0;

  constructor(
    shape: Shape,
    pairs: Pairs,
    { device = 'cpu', ...options }: Pick<GradientsOptions, 'memory' | 'device'> & { threads?: number } = {},
  ) {
    const encoder = (this.#encoder = ours(shape, device === 'cpu' ? undefined : Infinity));
    const parameters = encoderParameters(encoder, randomParameters(encoder), {
      schedule: { kind: 'step', rate: 1e-4, factor: 1, at: [] },
      decay: 0.01,
    });
    this.#parameters = new Parameters(parameters);
    this.#batch = batchOf(pairs);
    if (holdsParameters(device)) this.#steps = new DeviceSteps(device, this.#parameters.inMemory);
    const loss = pairLoss({ kind: 'ohnm-triplet', negatives: 10, margin: 0.3, temperature: 0.1 });
    this.#gradients = new Gradients({
      objective: { parameters, texts: { encoder }, loss },
      threads: THREADS,
      seed: 1,
      device,
      steps: this.#steps,
      room: new Room(),
      ...options,
    });
  }

  /** The parameters on the CPU: `copyBack` updates them from the device. */
  get moving(): Readonly<Record<string, Parameter>> {
    return this.#parameters.held;
  }

  async run(): Promise<BatchGradients> {
    const { tokens } = this.#batch;
    const values = { ...this.#batch, inputs: pairInputs(this.#batch), rows: {} };
    const result = await this.#gradients.of(values, this.#made);
    const ids = Object.fromEntries(Object.keys(this.#encoder.tables).map((name) => [name, tokens.ids]));
    this.#parameters.update({ gradients: result.gradients, ids, moving: {}, made: this.#made++ });
    return result;
  }

  async copyBack(): Promise<void> {
    await this.#steps?.copyBack();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#steps?.[Symbol.asyncDispose]();
    await this.#gradients[Symbol.asyncDispose]();
  }
}

/** Pairs of a text and its label. */
function batchOf({ texts, labels }: Pairs): PairBatch {
  const size = texts.length;
  const rows = Int32Array.from({ length: size }, (_x, i) => i);
  const target = Uint8Array.from({ length: size * size }, (_x, i) => Number(i % (size + 1) === 0));
  return { epoch: 0, step: 0, rows, labels: rows, tokens: pack(toLists(texts), toLists(labels)), target };
}

const random = new Random(2);

/** Texts and labels of one length. */
export function padded(pairs: number, length: number): Pairs {
  const texts = (): number[][] =>
    Array.from({ length: pairs }, () => Array.from({ length }, () => 1 + random.below(VOCABULARY - 1)));
  return { texts: texts(), labels: texts() };
}
