import { renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import type { Index } from 'usearch';
import { InputError } from '../stream/errors.js';
import { descriptionOf, emptyIndex, type IndexDescription } from './ann.js';

/** An index in the making. */
export class IndexBuilder {
  readonly #description: Omit<IndexDescription, 'bytes'>;
  readonly #index: Index;

  constructor(description: Omit<IndexDescription, 'bytes'>) {
    this.#description = description;
    this.#index = emptyIndex(description);
  }

  /** Adds the labels `first`, `first + 1`, … (`[count, dim]`), but none of zeros. @throws InputError if a value is not finite. */
  add(first: number, vectors: Float32Array, threads: number): void {
    const { dim } = this.#description;
    const keys: bigint[] = [];
    for (let i = 0; i < vectors.length / dim; i++) {
      const vector = vectors.subarray(i * dim, (i + 1) * dim);
      if (!vector.every(Number.isFinite))
        throw new InputError(`the vector of label ${first + i} is not finite`);
      if (vector.every((x) => x === 0)) continue;
      vectors.copyWithin(keys.length * dim, i * dim, (i + 1) * dim);
      keys.push(BigInt(first + i));
    }
    if (keys.length > 0)
      this.#index.add(BigUint64Array.from(keys), vectors.subarray(0, keys.length * dim), threads);
  }

  /** Writes the index, then what it is of: whole, or what was there before stays. */
  save(path: string): IndexDescription {
    const partial = `${path}.tmp`;
    try {
      this.#index.save(partial);
      const description = { bytes: statSync(partial).size, ...this.#description };
      writeFileSync(`${partial}.json`, `${JSON.stringify(description, undefined, 2)}\n`);
      rmSync(descriptionOf(path), { force: true }); // between the two renamings the index counts as missing
      renameSync(partial, path);
      renameSync(`${partial}.json`, descriptionOf(path));
      return description;
    } catch (error) {
      for (const left of [partial, `${partial}.json`]) rmSync(left, { force: true });
      throw new InputError(`${path}: cannot be written: ${(error as Error).message}`, { cause: error });
    }
  }
}
