/** A batch in parts, each small enough for its backward pass to fit the memory, and its passes through the encoder. */
import type { Layout } from '../encode/sequences.js';
import { positionOf, selectTexts, type Packed } from '../encode/pack.js';
import type { EncoderShape } from '../encode/signature.js';
import { addRows } from '../encode/table-rows.js';
import { sizeOf, type Arrays } from '../engine/session.js';
import type { Encoder } from '../model/encoders/encoder.js';
import type { StepSessions } from './sessions.js';
import { backwardStep, encodeStep } from './step.js';

/** Some texts of a batch. */
export interface Chunk {
  /** Which, by their place in the batch. */
  texts: number[];
  /** Where each begins among the chunk's tokens. */
  begin: number[];
  /** Their tokens, with the ids that they use and no others. */
  tokens: Packed;
}

/** The texts by the layout of the batch, cut after every `size` sequences. */
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

/** A batch's chunks with all that it takes to run them. */
export interface ChunkedTexts {
  encoder: Encoder;
  tokens: Packed;
  chunks: readonly Chunk[];
  /** Of the largest chunk. */
  shape: EncoderShape;
  /** The encoder's inputs, the same each time. */
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

/** From the gradient by all embeddings to those by the encoder's parameters; of a table, by the rows `tokens.ids`. */
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

/** Zeros for the gradient of each parameter, for `rows` rows of a table. */
const noGradients = ({ dense, tables }: Encoder, rows: number): Record<string, Float32Array> =>
  Object.fromEntries([
    ...Object.entries(dense).map(([name, shape]) => [name, new Float32Array(sizeOf(shape))] as const),
    ...Object.entries(tables).map(([name, dim]) => [name, new Float32Array(rows * dim)] as const),
  ]);
