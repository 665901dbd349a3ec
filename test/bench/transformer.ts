/** Transformers and steps for the benches. */
import type { Batch } from '../../src/sample/batch.js';
import { pack } from '../../src/encode/pack.js';
import { adamwRows, parameter, type Parameter } from '../../src/model/optimisers/adamw.js';
import { bert } from '../../src/model/encoders/bert.js';
import type { Encoder } from '../../src/model/encoders/encoder.js';
import { Random } from '../../src/random.js';
import { toLists } from '../../src/formats/lists.js';
import type { Tensors } from '../../src/formats/safetensors.js';
import { Gradients, type BatchGradients, type GradientsOptions } from '../../src/train/gradients.js';

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

/** A side of a bench, which does one thing again and again. */
export interface Side extends AsyncDisposable {
  run(): Promise<unknown>;
}

/** The trainer's step on one batch: gradients, and AdamW. */
export class OurStep implements Side {
  readonly encoder: Encoder;
  /** As they are on the CPU: `copyBack` brings what a device has made of them. */
  readonly moving: Record<string, Parameter>;
  readonly #parameters: Tensors;
  readonly #batch: Batch;
  readonly #gradients: Gradients;

  constructor(
    shape: Shape,
    pairs: Pairs,
    options: Pick<GradientsOptions, 'memory' | 'device'> & { threads?: number } = {},
  ) {
    this.encoder = ours(shape, options.device === undefined ? undefined : Infinity);
    this.#parameters = randomParameters(this.encoder);
    this.moving = Object.fromEntries(
      Object.entries(this.#parameters).map(([name, { data }]) => [
        name,
        parameter(data, this.encoder.tables[name]),
      ]),
    );
    this.#batch = batchOf(pairs);
    this.#gradients = new Gradients({
      encoder: this.encoder,
      loss: { negatives: 10, margin: 0.3, temperature: 0.1 },
      threads: THREADS,
      seed: 1,
      parameters: this.moving,
      ...options,
    });
  }

  /** `size` is that of AdamW's update. */
  async run(size = 1e-4): Promise<BatchGradients> {
    const decay = size / 100;
    const result = await this.#gradients.of(this.#batch, { parameters: this.#parameters }, { size, decay });
    for (const [name, gradient] of Object.entries(result.gradients)) {
      const isTable = this.encoder.tables[name] !== undefined;
      const rows = isTable ? this.#batch.tokens.ids : Int32Array.of(0);
      adamwRows(this.moving[name]!, rows, gradient, {
        size,
        decay: !isTable && this.encoder.decays(name) ? decay : 0,
      });
    }
    return result;
  }

  copyBack(): Promise<void> {
    return this.#gradients.copyInto(this.moving);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#gradients[Symbol.asyncDispose]();
  }
}

/** Of a text and its label each. */
function batchOf({ texts, labels }: Pairs): Batch {
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
