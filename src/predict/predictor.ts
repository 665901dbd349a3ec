import { CANDIDATES, Fuser } from '../fusion/fuser.js';
import { stageOf, type Stage } from '../fusion/stage.js';
import { readConfig } from '../model/folder.js';
import { openTokenizer, type Tokenizer } from '../model/tokenizer.js';
import { indexFor, type SearchKind } from '../search/choose.js';
import { rankedAt, type Found } from '../search/found.js';
import { openSearcher, type Searcher } from '../search/searcher.js';
import { openRun, type RunFiles } from '../store/run-folder.js';
import { TextReader } from '../store/texts.js';
import { Embedder } from '../train/embedder.js';

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
  readonly #tokenize: Tokenizer;
  readonly #embedder: Embedder;
  readonly #searchers: Partial<Record<'encoder' | 'classifier', Searcher>>;
  readonly #fuser: Fuser | undefined;
  readonly #names: TextReader;

  private constructor(files: RunFiles, { stage: asked, search = 'auto', threads = 1 }: PredictorOptions) {
    const stage = stageOf(files, asked);
    const { model, labels, labelIndex, classifiers, classifierIndex } = files;
    this.#tokenize = openTokenizer({ tokenizer: model, maxLength: readConfig(model).maxLength });
    this.#searchers = {
      ...(stage !== 'classifier' && {
        encoder: openSearcher({ labels, index: indexFor(search, labelIndex), threads }),
      }),
      ...(stage !== 'encoder' && {
        classifier: openSearcher({ labels: classifiers, index: indexFor(search, classifierIndex), threads }),
      }),
    };
    this.#fuser = stage === 'fused' ? new Fuser(files) : undefined;
    this.#names = new TextReader(files.texts);
    this.#embedder = new Embedder({ model, threads });
  }

  /** Opens a finished run and answers once, so that the first text is as fast as the others. @throws InputError if it cannot. */
  static async open(run: string, options: PredictorOptions = {}): Promise<Predictor> {
    const predictor = new Predictor(openRun(run), options);
    await predictor.predict(['a']);
    return predictor;
  }

  /** The `top` labels of each text, 1 … 1000, default 5, best first; none for an empty text. */
  async predict(texts: readonly string[], { top = 5 }: { top?: number } = {}): Promise<Prediction[][]> {
    if (!Number.isInteger(top) || top < 1 || top > 1000)
      throw new RangeError(`top: expected 1..1000, got ${top}`);
    const predictions: Prediction[][] = [];
    for (let begin = 0; begin < texts.length; begin += BATCH) {
      const part = texts.slice(begin, begin + BATCH);
      const embeddings = await this.#embedder.embed(this.#tokenize(part));
      const found = await this.#find(embeddings, top);
      part.forEach((_text, i) => predictions.push(this.#named(found, i)));
    }
    return predictions;
  }

  async #find(embeddings: Float32Array, top: number): Promise<Found> {
    const { encoder, classifier } = this.#searchers;
    if (!this.#fuser) return (encoder ?? classifier)!.search(embeddings, top);
    const k = Math.max(top, CANDIDATES);
    const rankings = {
      encoder: await encoder!.search(embeddings, k),
      classifier: await classifier!.search(embeddings, k),
    };
    return this.#fuser.fuse(rankings, top);
  }

  #named(found: Found, text: number): Prediction[] {
    const labels = rankedAt(found, text);
    const names = this.#names.gather(labels);
    return names.map((name, rank) => ({
      label: labels[rank]!,
      name,
      score: found.scores[text * found.k + rank]!,
    }));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#names[Symbol.dispose]();
    this.#fuser?.[Symbol.dispose]();
    await this.#embedder[Symbol.asyncDispose]();
    for (const searcher of Object.values(this.#searchers)) await searcher[Symbol.asyncDispose]();
  }
}
