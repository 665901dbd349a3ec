import type { Index } from 'usearch';
import { closeIndex, emptyIndex } from './hnsw.js';
import type { IndexSettings } from './index-file.js';
import type { IndexRows } from './index-rows.js';

/** An index being built, in memory. */
export class IndexBuilder implements Disposable {
  readonly #settings: IndexSettings;
  readonly #index: Index;

  constructor(settings: IndexSettings) {
    this.#settings = settings;
    this.#index = emptyIndex(settings);
  }

  add({ keys, vectors }: IndexRows, threads: number): void {
    if (keys.length > 0) this.#index.add(keys, vectors, threads);
  }

  /** Writes the index and opens it once, because the library does not report that the end of a file was not written. */
  save(path: string): void {
    this.#index.save(path);
    const written = emptyIndex(this.#settings);
    written.view(path);
    closeIndex(written);
  }

  [Symbol.dispose](): void {
    closeIndex(this.#index);
  }
}
