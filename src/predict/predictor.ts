import { rankedAt, type Found } from '../search/found.js';
import { openRun } from '../store/run-files.js';
import type { Owned, Parts, PredictorOptions } from './parts.js';

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
 * @example
 * await using predictor = await Predictor.open('runs/a');
 * const [best] = await predictor.predict(['a large fast river'], { top: 5 }); // [{ label, name, score }, …]
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
    const { load } = await import('./parts.js'); // with the engine: nothing before needs it
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
      const found = await this.#parts.find(embeddings, top);
      part.forEach((_text, i) => predictions.push(this.#named(found, i)));
    }
    return predictions;
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

/** In reverse order. */
async function close(owned: readonly Owned[]): Promise<void> {
  for (const part of owned.toReversed())
    if (Symbol.asyncDispose in part) await part[Symbol.asyncDispose]();
    else part[Symbol.dispose]();
}
