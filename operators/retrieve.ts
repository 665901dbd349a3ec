import { readConfig } from '../src/model/folder.js';
import type { Found } from '../src/search/found.js';
import type { Lists } from '../src/store/ragged.js';
import type { RunFiles } from '../src/store/run-folder.js';
import { chain } from '../src/stream/chain.js';
import type { Operator } from '../src/stream/operator.js';
import { embed } from './embed.js';
import { search, type SearchOptions } from './search.js';
import { tokenize, type TextBatch } from './tokenize.js';

export interface RetrieveOptions extends Omit<SearchOptions, 'labels'> {
  /** The files of a finished run. */
  run: Pick<RunFiles, 'model' | 'labels'>;
}

/** Texts with their tokens, their embeddings and the labels found for them. */
export type Retrieved<T> = T & { tokens: Lists } & { embeddings: Float32Array } & { found: Found };

/** From texts to the labels found for them with a trained run: `tokenize | embed | search`. */
export function retrieve<T extends TextBatch>({
  run,
  k = 100,
  threads = 2,
  ahead = 2,
}: RetrieveOptions): Operator<T, Retrieved<T>> {
  const { model, labels } = run;
  const { maxLength } = readConfig(model);
  type Tokenized = T & { tokens: Lists };
  type Embedded = Tokenized & { embeddings: Float32Array };
  return chain(
    chain(
      tokenize<T>({ tokenizer: model, maxLength, threads, ahead }),
      embed<Tokenized>({ model, threads, ahead }),
    ),
    search<Embedded>({ labels, k, threads, ahead }),
  );
}
