import { readConfig } from '../src/encode/model-folder.js';
import { CANDIDATES } from '../src/ranker/fuser.js';
import { stageOf, type Stage } from '../src/sources/stage.js';
import { indexFor, type SearchKind } from '../src/search/choose.js';
import type { Found } from '../src/search/found.js';
import type { Lists } from '../src/formats/lists.js';
import type { RunFiles } from '../src/store/run-folder.js';
import { chain } from '../src/stream/chain.js';
import type { Operator } from '../src/stream/operator.js';
import { embed } from './embed.js';
import { fuse } from './fuse.js';
import { search, type SearchOptions } from './search.js';
import { searchBoth } from './search-both.js';
import { tokenize, type TextBatch } from './tokenize.js';

export interface RetrieveOptions extends Omit<SearchOptions, 'labels' | 'index'> {
  /** The files of a finished run; see `openRun`. */
  run: RunFiles;
  /** What answers; default the best that the run has. */
  stage?: Stage | undefined;
  /** How labels are searched; default the index if the run has one, else all labels. */
  search?: SearchKind | undefined;
}

/** Texts with their tokens, their embeddings and the labels found for them. */
export type Retrieved<T> = T & { tokens: Lists } & { embeddings: Float32Array } & { found: Found };

/**
 * From texts to the labels found for them with a trained run: `tokenize | embed | search`, or for both scores
 * `tokenize | embed | search-both | fuse`.
 */
export function retrieve<T extends TextBatch>({
  run,
  stage,
  search: kind = 'auto',
  k = 100,
  threads = 2,
  ahead = 2,
}: RetrieveOptions): Operator<T, Retrieved<T>> {
  const { model } = run;
  const { maxLength } = readConfig(model);
  type Tokenized = T & { tokens: Lists };
  type Embedded = Tokenized & { embeddings: Float32Array };
  const embedded = chain(
    tokenize<T>({ tokenizer: model, maxLength, threads, ahead }),
    embed<Tokenized>({ model, threads, ahead }),
  );
  const searched = {
    encoder: () => ({ labels: run.labels, index: indexFor(kind, run.labelIndex) }),
    classifier: () => ({ labels: run.classifiers, index: indexFor(kind, run.classifierIndex) }),
  };
  const answering = stageOf(run, stage);
  if (answering !== 'fused')
    return chain(embedded, search<Embedded>({ ...searched[answering](), k, threads, ahead }));
  const both = searchBoth<Embedded>({
    encoder: searched.encoder(),
    classifier: searched.classifier(),
    k: Math.max(k, CANDIDATES),
    threads,
    ahead,
  });
  return chain(chain(embedded, both), fuse<Embedded>({ run, k }));
}
