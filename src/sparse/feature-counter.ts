/**
 * Counts in how many documents each term occurs, in one pass and bounded memory: when the table in memory is full, it goes to disk
 * as a run of sorted terms; at the end the runs are merged.
 */
import { join } from 'node:path';
import { Matrix } from '../formats/npy.js';
import { writeJson } from '../files/write-json.js';
import type { Frequencies } from './count-documents.js';
import { featureFiles, type LeastFrequencies } from './features.js';
import { mergeRuns, type Run } from './merge-runs.js';
import { TermCounts } from './term-counts.js';
import { kindOf } from './terms.js';

export interface FeatureCounterOptions {
  /** Folder for the runs, which stay there. */
  scratch: string;
  /** Terms in memory at once, at up to 36 bytes each; default 2^21 (72 MiB). */
  most?: number;
}

export class FeatureCounter implements Disposable {
  readonly #scratch: string;
  readonly #most: number;
  readonly #counts = new TermCounts();
  readonly #runs: Run[] = [];
  #documents = 0;

  constructor({ scratch, most = 1 << 21 }: FeatureCounterOptions) {
    this.#scratch = scratch;
    this.#most = most;
  }

  /** Adds the terms of more documents, each counted once per document. */
  add({ terms, counts }: Frequencies, documents: number): void {
    this.#documents += documents;
    for (let i = 0; i < terms.length; i++) {
      if (this.#counts.size === this.#most) this.#spill();
      this.#counts.add(terms[i]!, counts[i]);
    }
  }

  /** Writes the features at `base`: the terms of the kinds in `least` that are frequent enough. */
  async finish(base: string, least: LeastFrequencies): Promise<{ features: number; documents: number }> {
    this.#spill();
    const paths = featureFiles(base);
    using terms = Matrix.create(paths.terms, { dtype: 'int32', cols: 1 });
    using frequencies = Matrix.create(paths.frequencies, { dtype: 'int32', cols: 1 });
    for (const block of mergeRuns(this.#runs, (term, count) => count >= (least[kindOf(term)] ?? Infinity))) {
      terms.append(block.terms);
      frequencies.append(block.counts);
    }
    terms.finish();
    frequencies.finish();
    await writeJson(paths.description, { documents: this.#documents, least });
    return { features: terms.rows, documents: this.#documents };
  }

  #spill(): void {
    const name = (part: string): string => join(this.#scratch, `${part}-${this.#runs.length}.npy`);
    const terms = Matrix.create(name('terms'), { dtype: 'int32', cols: 1 });
    const counts = Matrix.create(name('counts'), { dtype: 'int32', cols: 1 });
    this.#runs.push({ terms, counts });
    const sorted = this.#counts.terms.slice().sort();
    terms.append(sorted);
    counts.append(sorted.map((term) => this.#counts.countOf(term)));
    this.#counts.clear();
  }

  [Symbol.dispose](): void {
    for (const file of this.#runs.flatMap(({ terms, counts }) => [terms, counts])) file[Symbol.dispose]();
  }
}
