/** Why labels were found: by which sources, and what their scores are made of. */
import type { Found } from '../search/found.js';
import type { Explainer, ExplainerOptions, Why } from '../sources/explainer.js';
import { foundBy, type FoundBy } from '../sources/found-by.js';
import type { Prepared } from '../sources/part.js';
import type { LabelSource } from '../sources/source.js';
import { closeAll } from '../stream/run.js';

/** How one source found a label, and why, if that can be said exactly. */
export type Reason = FoundBy & Why;

export class Reasons implements AsyncDisposable {
  readonly #explainers: ReadonlyMap<string, Explainer | undefined>;

  private constructor(explainers: ReadonlyMap<string, Explainer | undefined>) {
    this.#explainers = explainers;
  }

  /** @throws InputError if a file of a source is missing or invalid. */
  static async open(sources: readonly LabelSource[], options: ExplainerOptions): Promise<Reasons> {
    const explainers = new Map<string, Explainer | undefined>();
    try {
      for (const source of sources) explainers.set(source.name, await source.explain?.(options));
      return new Reasons(explainers);
    } catch (error) {
      await closeAll(opened(explainers));
      throw error;
    }
  }

  /** From the batch as the search of each source got it, and what it found. The result tells the reasons for one label of a text. */
  async of(
    batches: Readonly<Record<string, Prepared>>,
    found: Readonly<Record<string, Found>>,
  ): Promise<(text: number, label: number) => Reason[]> {
    const why = new Map<string, (text: number, label: number) => Why>();
    for (const [name, explainer] of this.#explainers)
      if (explainer) why.set(name, await explainer.explain(batches[name]!));
    const names = [...this.#explainers.keys()];
    return (text, label) =>
      foundBy(found, names, { text, label }).map((by) => ({ ...by, ...why.get(by.source)?.(text, label) }));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await closeAll(opened(this.#explainers));
  }
}

const opened = (explainers: ReadonlyMap<string, Explainer | undefined>): Explainer[] =>
  [...explainers.values()].filter((explainer) => explainer !== undefined);
