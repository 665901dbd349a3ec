/** Chunks of a batch, each small enough for its backward pass to fit in memory, and their passes through the encoder. */
import type { Layout } from '../encode/sequences.js';
import { positionOf } from '../formats/arrays.js';
import { selectTexts, type Packed } from '../encode/pack.js';
import type { EncoderShape } from '../encode/signature.js';
import { addRows } from '../encode/table-rows.js';
import { sizeOf, type Arrays } from '../engine/session.js';
import type { Encoder } from '../model/encoders/encoder.js';
import type { StepSessions } from './sessions.js';
import { backwardStep, encodeStep } from './step.js';

/** Some texts of a batch. */
export interface Chunk {
  /** Which texts, by their position in the batch. */
  texts: number[];
  /** Where each text starts among the chunk's tokens. */
  begin: number[];
  /** Their tokens, with only the ids that they use. */
  tokens: Packed;
}

/** Splits the texts, in the layout of the batch, after every `size` sequences. */
export function chunksOf(tokens: Packed, { begin, sequences, width }: Layout, size: number): Chunk[] {
  const parts = Array.from({ length: Math.ceil(sequences / size) }, () => ({
    texts: [] as number[],
    begin: [] as number[],
  }));
  begin.forEach((at, text) => {
    const index = Math.floor(at / (size * width));
    parts[index]!.texts.push(text);
    parts[index]!.begin.push(at - index * size * width);
  });
  return parts.map((part) => ({ ...part, tokens: selectTexts(tokens, part.texts) }));
}

/** The chunks of a batch and what it takes to run them. */
export interface ChunkedTexts {
  encoder: Encoder;
  tokens: Packed;
  chunks: readonly Chunk[];
  /** Shape of the largest chunk. */
  shape: EncoderShape;
  /** The encoder's inputs of a chunk, the same in both passes. */
  feedsOf: (chunk: Chunk, index: number) => Arrays;
}

/** Embeddings of all texts, `[texts, dim]`. */
export async function encodeChunks(
  { encoder, tokens, chunks, shape, feedsOf }: ChunkedTexts,
  sessions: StepSessions,
): Promise<Float32Array> {
  const { dim } = encoder;
  const embeddings = new Float32Array((tokens.offsets.length - 1) * dim);
  const step = encodeStep(encoder, shape);
  for (const [index, chunk] of chunks.entries()) {
    const { embeddings: own } = await sessions.run('encode', step, feedsOf(chunk, index));
    chunk.texts.forEach((text, i) => {
      embeddings.set(own!.subarray(i * dim, (i + 1) * dim), text * dim);
    });
  }
  return embeddings;
}

/** From the gradient by the embeddings to that by the encoder's parameters; of a table, by the rows `tokens.ids`. */
export async function backThroughChunks(
  { encoder, tokens, chunks, shape, feedsOf }: ChunkedTexts,
  sessions: StepSessions,
  byEmbedding: Float32Array,
): Promise<Record<string, Float32Array>> {
  const { dim, tables } = encoder;
  const step = backwardStep(encoder, shape);
  const sums = noGradients(encoder, tokens.ids.length);
  for (const [index, chunk] of chunks.entries()) {
    const gradient = new Float32Array(shape.texts * dim);
    chunk.texts.forEach((text, i) => {
      gradient.set(byEmbedding.subarray(text * dim, (text + 1) * dim), i * dim);
    });
    const part = await sessions.run('backward', step, { ...feedsOf(chunk, index), gradient });
    const rows = chunk.tokens.ids.map((id) => positionOf(tokens.ids, id));
    for (const [name, sum] of Object.entries(sums)) {
      const values = part[`gradient/${name}`] as Float32Array;
      const width = tables[name];
      const all = { rows: Int32Array.of(0), dim: values.length };
      addRows(sum, values, width === undefined ? all : { rows, dim: width });
    }
  }
  return sums;
}

/** Zero gradients of all parameters, with `rows` rows for a table. */
const noGradients = ({ dense, tables }: Encoder, rows: number): Record<string, Float32Array> =>
  Object.fromEntries([
    ...Object.entries(dense).map(([name, shape]) => [name, new Float32Array(sizeOf(shape))] as const),
    ...Object.entries(tables).map(([name, dim]) => [name, new Float32Array(rows * dim)] as const),
  ]);
