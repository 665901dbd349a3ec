import { InputError } from '../errors.js';
import { showGiven } from '../show.js';
import type { OpenRanker } from '../ranker/ranker.js';
import { checkCount, rankedAt, type Found } from '../search/found.js';
import { assemble, checkProbabilities, type AssemblyOptions } from '../sources/assembly.js';
import type { ExplainerOptions } from '../sources/explainer.js';
import type { OpenPart, Prepared } from '../sources/part.js';
import { openRun, type TrainedRun } from '../sources/run.js';
import type { LabelSource } from '../sources/source.js';
import { TextReader } from '../store/texts.js';
import { closeAll, type Owned } from '../stream/run.js';
import { Reasons, type Reason } from './reasons.js';

export interface PredictorOptions extends AssemblyOptions {
  /** Threads inside one batch of texts; default 1. */
  threads?: number;
}

export interface PredictOptions {
  top?: number;
  /** 0 … 1. */
  minProbability?: number | undefined;
  /** Tell for each label why it was found; default false. It takes a second search of neighbours. */
  explain?: boolean;
}

/** A label found for a text. */
export interface Prediction {
  label: number;
  /** What the maker of the data set knows the label by, if that was imported. */
  id?: string;
  name: string;
  /**
   * Of several sources: the probability that the label is right, or as published a sum, which compares within a text only.
   * Of one source: on its scale, such as a cosine.
   */
  score: number;
  /** With `explain`: the sources that found it. */
  why?: Reason[];
}

/** Texts per batch. */
const BATCH = 256;

/**
 * A trained run, loaded once into this thread, for repeated queries. For many texts at once a pipeline with `retrieve`
 * uses more threads.
 *
 * @example
 * await using predictor = await Predictor.open('runs/a');
 * const [labels] = await predictor.predict(['a large fast river'], { top: 5 });
 */
export class Predictor implements AsyncDisposable {
  readonly #opened: Opened;
  readonly #owned: Owned[];
  #reasons: Reasons | undefined;
  /** The query in progress; the next one waits for it, since they share memory. */
  #turn: Promise<unknown> = Promise.resolve();

  private constructor(opened: Opened, owned: Owned[]) {
    this.#opened = opened;
    this.#owned = owned;
  }

  /**
   * Opens a finished run, by its folder or as `openRun` gives it, and answers once, so that the first text is as fast as
   * the others. @throws InputError if it cannot.
   */
  static async open(run: string | TrainedRun, options: PredictorOptions = {}): Promise<Predictor> {
    const owned: Owned[] = [];
    try {
      const opened = await open(typeof run === 'string' ? openRun(run) : run, options, owned);
      const predictor = new Predictor(opened, owned);
      await predictor.predict(['a']);
      return predictor;
    } catch (error) {
      await closeAll(owned);
      throw error;
    }
  }

  /**
   * The `top` labels of each text, 1 … 1000, default 5, best first; none for an empty text. With `minProbability` those that
   * are less probable are left out. Calls are answered one after the other. @throws InputError if scores are not
   * probabilities.
   */
  predict(
    texts: readonly string[],
    { top = 5, minProbability, explain = false }: PredictOptions = {},
  ): Promise<Prediction[][]> {
    checkTexts(texts);
    if (minProbability !== undefined) this.#opened.checkProbabilities();
    const answer = this.#turn.then(() => this.#predict(texts, { top, least: minProbability, explain }));
    this.#turn = answer.catch(() => undefined); // the caller gets the error
    return answer;
  }

  async #predict(
    texts: readonly string[],
    { top, least, explain }: { top: number; least: number | undefined; explain: boolean },
  ): Promise<Prediction[][]> {
    checkCount('top', top);
    const predictions: Prediction[][] = [];
    for (let begin = 0; begin < texts.length; begin += BATCH) {
      const part = texts.slice(begin, begin + BATCH);
      const { found, why } = await this.#find(part, top, explain);
      part.forEach((_text, i) => {
        const own = this.#named(found, i, least);
        predictions.push(why ? own.map((each) => ({ ...each, why: why(i, each.label) })) : own);
      });
    }
    return predictions;
  }

  async #find(text: string[], k: number, explain: boolean) {
    const { parts, sources, ranker, candidates } = this.#opened;
    const made: Record<string, unknown> = { columns: { text } };
    const batch = made as unknown as Prepared; // each part adds a field
    const before: Record<string, Prepared> = {}; // later needs replace what a source was given
    for (const { field, part } of parts) {
      before[field] = { ...batch };
      made[field] = await part.make(batch, Math.max(k, candidates));
    }
    const by = made as Record<string, Found>;
    const found = ranker ? ranker.rank(by, k) : by.found!;
    if (!explain) return { found };
    if (ranker) return { found, why: await (await this.#explaining()).of(before, by) };
    const { name } = sources[0]!;
    return { found, why: await (await this.#explaining()).of({ [name]: before.found! }, { [name]: found }) };
  }

  /** Opened when it is first needed. */
  async #explaining(): Promise<Reasons> {
    if (!this.#reasons) {
      const { sources, search, threads } = this.#opened;
      this.#reasons = await Reasons.open(sources, { search, threads });
      this.#owned.push(this.#reasons);
    }
    return this.#reasons;
  }

  #named(found: Found, text: number, least?: number): Prediction[] {
    const labels = rankedAt(found, text, least);
    const names = this.#opened.names.gather(labels);
    const ids = this.#opened.ids?.gather(labels);
    return names.map((name, rank) => ({
      label: labels[rank]!,
      ...(ids && { id: ids[rank]! }),
      name,
      score: found.scores[text * found.k + rank]!,
    }));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#turn;
    await closeAll(this.#owned);
  }
}

/** @throws InputError naming the first that is no text, as JavaScript may give it. */
function checkTexts(texts: readonly unknown[]): void {
  if (!Array.isArray(texts)) throw new InputError(`texts: expected a list of texts, got ${showGiven(texts)}`);
  for (const [i, text] of texts.entries())
    if (typeof text !== 'string') throw new InputError(`texts.${i}: expected a text, got ${showGiven(text)}`);
}

interface Opened extends ExplainerOptions {
  sources: readonly LabelSource[];
  parts: { field: string; part: OpenPart }[];
  ranker: OpenRanker | undefined;
  /** Minimum number of labels that each source finds. */
  candidates: number;
  names: TextReader;
  ids: TextReader | undefined;
  /** @throws InputError unless scores are probabilities. */
  checkProbabilities: () => void;
}

/** Opens what the answer needs and adds it to `owned` as soon as it is open. */
async function open(
  run: TrainedRun,
  { threads = 1, ...options }: PredictorOptions,
  owned: Owned[],
): Promise<Opened> {
  const own = <T extends Owned>(part: T): T => {
    owned.push(part);
    return part;
  };
  const { parts, sources, ranker, candidates } = assemble(run, options);
  const opened: Opened['parts'] = [];
  for (const part of parts) opened.push({ field: part.field, part: own(await part.open({ threads })) });
  return {
    parts: opened,
    sources,
    search: options.search ?? 'auto',
    threads,
    ranker: ranker && own(ranker.open()),
    candidates,
    names: own(new TextReader(run.texts)),
    ids: run.ids === undefined ? undefined : own(new TextReader(run.ids)),
    checkProbabilities: () => {
      checkProbabilities(run, options.source);
    },
  };
}
