import { CANDIDATES, Fuser } from '../ranker/fuser.js';
import { stageOf, type Stage } from '../sources/stage.js';
import { readConfig } from '../encode/model-folder.js';
import { openTokenizer, type Tokenizer } from '../encode/tokenizer.js';
import { indexFor, type SearchKind } from '../search/choose.js';
import { rankedAt, type Found } from '../search/found.js';
import { openSearcher, type Searcher } from '../search/searcher.js';
import { openRun, type RunFiles } from '../store/run-folder.js';
import { TextReader } from '../store/texts.js';
import { Embedder } from '../encode/embedder.js';

export interface PredictorOptions {
  /** What answers; default the best that the run has. */
  stage?: Stage;
  /** How labels are searched; default the index if the run has one, else all labels. */
  search?: SearchKind;
  /** Threads inside one batch of texts; default 1. */
  threads?: number;
}

/** A label found for a text. */
export interface Prediction {
  label: number;
  name: string;
  /** A cosine; fused ones are sums, which only compare within a text. */
  score: number;
}

/** Texts that are embedded and searched with at a time. */
const BATCH = 256;

/**
 * A trained run in this thread, to be asked again and again: what it needs is loaded once. For many texts at once a
 * pipeline with `retrieve` uses more threads.
 */
export class Predictor implements AsyncDisposable {
  readonly #parts: Parts;
  readonly #owned: readonly Owned[];
  /** What is under way: its memory is used again by what comes next. */
  #turn: Promise<unknown> = Promise.resolve();

  private constructor(parts: Parts, owned: readonly Owned[]) {
    this.#parts = parts;
    this.#owned = owned;
  }

  /** Opens a finished run and answers once, so that the first text is as fast as the others. @throws InputError if it cannot. */
  static async open(run: string, options: PredictorOptions = {}): Promise<Predictor> {
    const owned: Owned[] = [];
    try {
      const predictor = new Predictor(load(openRun(run), options, owned), owned);
      await predictor.predict(['a']);
      return predictor;
    } catch (error) {
      await close(owned);
      throw error;
    }
  }

  /**
   * The `top` labels of each text, 1 … 1000, default 5, best first; none for an empty text. May be called again before it
   * has answered: answers come one after the other.
   */
  predict(texts: readonly string[], { top = 5 }: { top?: number } = {}): Promise<Prediction[][]> {
    const answer = this.#turn.then(() => this.#predict(texts, top));
    this.#turn = answer.catch(() => undefined); // whoever asked is told
    return answer;
  }

  async #predict(texts: readonly string[], top: number): Promise<Prediction[][]> {
    if (!Number.isInteger(top) || top < 1 || top > 1000)
      throw new RangeError(`top: expected 1..1000, got ${top}`);
    const predictions: Prediction[][] = [];
    for (let begin = 0; begin < texts.length; begin += BATCH) {
      const part = texts.slice(begin, begin + BATCH);
      const embeddings = await this.#parts.embedder.embed(this.#parts.tokenize(part));
      const found = await this.#find(embeddings, top);
      part.forEach((_text, i) => predictions.push(this.#named(found, i)));
    }
    return predictions;
  }

  async #find(embeddings: Float32Array, top: number): Promise<Found> {
    const { encoder, classifier, fuser } = this.#parts;
    if (!fuser) return (encoder ?? classifier)!.search(embeddings, top);
    const k = Math.max(top, CANDIDATES);
    const rankings = {
      encoder: await encoder!.search(embeddings, k),
      classifier: await classifier!.search(embeddings, k),
    };
    return fuser.fuse(rankings, top);
  }

  #named(found: Found, text: number): Prediction[] {
    const labels = rankedAt(found, text);
    const names = this.#parts.names.gather(labels);
    return names.map((name, rank) => ({
      label: labels[rank]!,
      name,
      score: found.scores[text * found.k + rank]!,
    }));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#turn;
    await close(this.#owned);
  }
}

type Owned = AsyncDisposable | Disposable;

interface Parts {
  tokenize: Tokenizer;
  embedder: Embedder;
  /** Those that the stage needs. */
  encoder?: Searcher;
  classifier?: Searcher;
  fuser?: Fuser;
  names: TextReader;
}

/** Opens what the stage needs; all of it that is to be closed goes to `owned` as it is opened. */
function load(
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
  return {
    tokenize: openTokenizer({ tokenizer: model, maxLength: readConfig(model).maxLength }),
    embedder: own(new Embedder({ model, threads })),
    ...(stage !== 'classifier' && { encoder: searcher(labels, labelIndex) }),
    ...(stage !== 'encoder' && { classifier: searcher(classifiers, classifierIndex) }),
    ...(stage === 'fused' && { fuser: own(new Fuser(files)) }),
    names: own(new TextReader(texts)),
  };
}

/** In reverse order. */
async function close(owned: readonly Owned[]): Promise<void> {
  for (const part of owned.toReversed())
    if (Symbol.asyncDispose in part) await part[Symbol.asyncDispose]();
    else part[Symbol.dispose]();
}
