import { join } from 'node:path';
import { Matrix } from '../formats/npy.js';

/** Hashes of training texts in memory at once, at eight bytes each. */
const MOST = 1 << 22;
const BLOCK = 1 << 16;

/**
 * Counts the test texts that are training texts too, blank ones apart, by hashes of 53 bits on disk, part by part, so that any number of texts takes
 * 32 MiB.
 */
export class SharedTexts implements Disposable {
  readonly #most: number;
  readonly #hashes: Readonly<Record<'train' | 'test', Matrix<'int32'>>>;

  /** `most` hashes are in memory at once; default 2^22. */
  constructor(folder: string, most = MOST) {
    this.#most = most;
    const create = (part: string) =>
      Matrix.create(join(folder, `${part}-hashes.npy`), { dtype: 'int32', cols: 2 });
    this.#hashes = { train: create('train'), test: create('test') };
  }

  add(part: 'train' | 'test', texts: readonly string[]): void {
    const written = texts.filter((text) => text.trim() !== '');
    this.#hashes[part].append(Int32Array.from(written.flatMap(hashOf)));
  }

  count(): number {
    const { train, test } = this.#hashes;
    const parts = Math.max(1, Math.ceil((2 * train.rows) / this.#most)); // parts are not quite of a size
    let shared = 0;
    for (let part = 0; part < parts; part++) {
      const known = Float64Array.from(keysOf(train, part, parts)).sort();
      for (const key of keysOf(test, part, parts)) if (includes(known, key)) shared++;
    }
    return shared;
  }

  [Symbol.dispose](): void {
    this.#hashes.train[Symbol.dispose]();
    this.#hashes.test[Symbol.dispose]();
  }
}

function* keysOf(hashes: Matrix<'int32'>, part: number, parts: number): Generator<number> {
  for (const { values } of hashes.blocks(BLOCK))
    for (let i = 0; i < values.length; i += 2) {
      const [high, low] = [values[i]! >>> 0, values[i + 1]! >>> 11];
      if (high % parts === part) yield high * 2 ** 21 + low;
    }
}

/** Two hashes of 32 bits (FNV-1a with two primes, mixed at the end). */
function hashOf(text: string): [number, number] {
  let [a, b] = [0x811c9dc5, 0x9e3779b9];
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    a = Math.imul(a ^ unit, 0x01000193);
    b = Math.imul(b ^ unit, 0x85ebca6b);
  }
  const mixed = (x: number): number => Math.imul(x ^ (x >>> 16), 0xc2b2ae35) ^ (x >>> 13);
  return [mixed(a), mixed(b)];
}

/** Whether a value is in an ascending array, by bisection. */
function includes(sorted: Float64Array, value: number): boolean {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return sorted[low] === value;
}
