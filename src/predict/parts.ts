/** What a run answers with. Only an open predictor needs this file, and with it the engine. */
import { stageOf, type Stage } from '../sources/stage.js';
import { readConfig } from '../encode/model-folder.js';
import { Embedder } from '../encode/embedder.js';
import { openTokenizer, type Tokenizer } from '../encode/tokenizer.js';
import { CANDIDATES, Fuser } from '../ranker/fuser.js';
import { indexFor, type SearchKind } from '../search/choose.js';
import type { Found } from '../search/found.js';
import { openSearcher, type Searcher } from '../search/searcher.js';
import type { RunFiles } from '../store/run-files.js';
import { TextReader } from '../store/texts.js';

export interface PredictorOptions {
  /** What answers; default the best that the run has. */
  stage?: Stage;
  /** How labels are searched; default the index if the run has one, else all labels. */
  search?: SearchKind;
  /** Threads inside one batch of texts; default 1. */
  threads?: number;
}

export type Owned = AsyncDisposable | Disposable;

export interface Parts {
  tokenize: Tokenizer;
  embedder: Embedder;
  /** The `top` labels for each embedding. */
  find(embeddings: Float32Array, top: number): Promise<Found>;
  names: TextReader;
}

/** Opens what the stage needs; all of it that is to be closed goes to `owned` as it is opened. */
export function load(
  files: RunFiles,
  { stage: asked, search = 'auto', threads = 1 }: PredictorOptions,
  owned: Owned[],
): Parts {
  const own = <T extends Owned>(part: T): T => {
    owned.push(part);
    return part;
  };
  const stage = stageOf(files, asked);
  const { model, labels, labelIndex, classifiers, classifierIndex, texts } = files;
  const searcher = (labels: string, index: string): Searcher =>
    own(openSearcher({ labels, index: indexFor(search, index), threads }));
  const tokenize = openTokenizer({ tokenizer: model, maxLength: readConfig(model).maxLength });
  const embedder = own(new Embedder({ model, threads }));
  const searchers = {
    ...(stage !== 'classifier' && { encoder: searcher(labels, labelIndex) }),
    ...(stage !== 'encoder' && { classifier: searcher(classifiers, classifierIndex) }),
  };
  const fuser = stage === 'fused' ? own(new Fuser(files)) : undefined;
  const find = (embeddings: Float32Array, top: number) => findBy(searchers, fuser, embeddings, top);
  return { tokenize, embedder, find, names: own(new TextReader(texts)) };
}

async function findBy(
  { encoder, classifier }: { encoder?: Searcher; classifier?: Searcher },
  fuser: Fuser | undefined,
  embeddings: Float32Array,
  top: number,
): Promise<Found> {
  if (!fuser) return (encoder ?? classifier)!.search(embeddings, top);
  const k = Math.max(top, CANDIDATES);
  const rankings = {
    encoder: await encoder!.search(embeddings, k),
    classifier: await classifier!.search(embeddings, k),
  };
  return fuser.fuse(rankings, top);
}
