import { Matrix } from '../src/formats/npy.js';
import { listCount, type Lists } from '../src/formats/lists.js';
import { adding, type Concurrency } from '../src/stream/adding.js';
import type { Operator } from '../src/stream/operator.js';
import type { EmbedTask } from './embed.worker.js';

/** Texts, as from `tokenize` or `read-lists`. */
export interface TokenizedBatch {
  tokens: Lists;
  /** Row of the first text, if the texts are labels with auxiliary vectors. */
  start?: number;
}

export interface EmbedOptions extends Concurrency {
  /** Folder of the model. */
  model: string;
  /** `.npy` int32, label → row of the auxiliary vectors. The texts are then labels, numbered from `start`. */
  auxiliary?: string | undefined;
}

/**
 * Adds `embeddings`, float32 `[texts, dim]` of unit length (zero for an empty text): E(text), or for labels
 * E(text) + a. Order kept; at most `threads + ahead` batches in flight; a failure surfaces when its batch's turn
 * comes; owns its threads, each with the model.
 */
export function embed<T extends TokenizedBatch>({
  model,
  auxiliary,
  threads = 2,
  ahead = 2,
}: EmbedOptions): Operator<T, T & { embeddings: Float32Array }> {
  return adding<T, 'embeddings', Float32Array>('embed', {
    field: 'embeddings',
    worker: new URL('./embed.worker.js', import.meta.url),
    data: model,
    threads,
    ahead,
    tasks: ({ own }) => {
      const rowOf = auxiliary === undefined ? undefined : own(Matrix.open(auxiliary, 'int32'));
      return ({ tokens, start = 0 }): EmbedTask => ({
        tokens,
        auxiliary: rowOf?.read(start, listCount(tokens)),
      });
    },
    rows: (_added, { tokens }) => listCount(tokens),
  });
}
