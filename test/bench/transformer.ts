/** Transformers and steps for the benches. */
import { pack } from '../../src/mining/pack.js';
import { adamwRows, parameter } from '../../src/model/adamw.js';
import { bert } from '../../src/model/bert.js';
import type { Encoder } from '../../src/model/encoder.js';
import { Random } from '../../src/random.js';
import { toLists } from '../../src/store/ragged.js';
import type { Tensors } from '../../src/store/safetensors.js';
import { Gradients } from '../../src/train/gradients.js';

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

export const ours = (shape: Shape): Encoder =>
  bert({
    ...encoderOf(shape),
    family: 'bert',
    prefix: '',
    types: 0,
    epsilon: 1e-12,
    dropout: 0,
    attentionDropout: 0,
    pooling: 'mean',
  });

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

/** The trainer's step: gradients, and AdamW. `memory` as in `GradientsOptions`. */
export function ourStep(shape: Shape, { texts, labels }: Pairs, memory?: number): Side {
  const encoder = ours(shape);
  const parameters = randomParameters(encoder);
  const moving = Object.fromEntries(
    Object.entries(parameters).map(
      ([name, { data }]) => [name, parameter(data, encoder.tables[name])] as const,
    ),
  );
  const size = texts.length;
  const rows = Int32Array.from({ length: size }, (_x, i) => i);
  const tokens = pack(toLists(texts), toLists(labels));
  const target = Uint8Array.from({ length: size * size }, (_x, i) => Number(i % (size + 1) === 0));
  const batch = { epoch: 0, step: 0, rows, labels: rows, tokens, target };
  const loss = { negatives: 10, margin: 0.3, temperature: 0.1 };
  const gradients = new Gradients({ encoder, loss, threads: THREADS, seed: 1, ...(memory && { memory }) });
  return {
    async run() {
      const result = await gradients.of(batch, { parameters });
      for (const [name, gradient] of Object.entries(result.gradients))
        adamwRows(
          moving[name]!,
          encoder.tables[name] === undefined ? Int32Array.of(0) : tokens.ids,
          gradient,
          {
            size: 1e-4,
            decay: encoder.decays(name) ? 1e-6 : 0,
          },
        );
    },
    [Symbol.asyncDispose]: () => gradients[Symbol.asyncDispose](),
  };
}

const random = new Random(2);

/** Texts and labels of one length. */
export function padded(pairs: number, length: number): Pairs {
  const texts = (): number[][] =>
    Array.from({ length: pairs }, () => Array.from({ length }, () => 1 + random.below(VOCABULARY - 1)));
  return { texts: texts(), labels: texts() };
}
