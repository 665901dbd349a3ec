import { parameter, type Parameter } from '../model/adamw.js';
import { AsideFile } from '../store/aside-file.js';
import { Matrix } from '../store/npy.js';
import { RowCache } from '../store/row-cache.js';
import { isZero, lengthOf } from '../store/vectors.js';
import { InputError } from '../stream/errors.js';

export interface ClassifierRowsOptions {
  /** A float32 `.npy` of label embeddings, unit rows: what each classifier begins as. */
  labels: string;
  /** The float32 `.npy` of the classifiers and their moments to make, `[labels, 3 dim]`. */
  rows: string;
  /** Bytes of rows in memory at most. */
  memory: number;
}

const BLOCK = 1024;

/**
 * The classifiers with their Adam moments, on disk. A row of zeros has never been written: it stands for the label's
 * embedding with moments of zero, so labels that no text has cost neither time nor, in a sparse file, room.
 */
export class ClassifierRows implements Disposable {
  readonly #labels: Matrix<'float32'>;
  readonly #state: Matrix<'float32'>;
  readonly #cache: RowCache;

  constructor({ labels, rows, memory }: ClassifierRowsOptions) {
    this.#labels = Matrix.open(labels, 'float32');
    const { cols: dim, rows: count } = this.#labels;
    this.#state = Matrix.create(rows, { dtype: 'float32', cols: 3 * dim, rows: count });
    this.#cache = new RowCache(this.#state, { memory });
  }

  get dim(): number {
    return this.#labels.cols;
  }

  /** The classifiers of the labels `ids` (distinct), `[ids.length, dim]`, and their moments. */
  gather(ids: Int32Array): Parameter {
    const { dim } = this;
    const rows = this.#cache.gather(ids);
    const gathered = parameter(new Float32Array(ids.length * dim), dim);
    const fresh: number[] = [];
    ids.forEach((_id, i) => {
      const at = 3 * dim * i;
      if (isZero(rows.subarray(at, at + dim))) fresh.push(i);
      gathered.data.set(rows.subarray(at, at + dim), dim * i);
      gathered.m.set(rows.subarray(at + dim, at + 2 * dim), dim * i);
      gathered.v.set(rows.subarray(at + 2 * dim, at + 3 * dim), dim * i);
    });
    const embeddings = this.#labels.gather(fresh.map((i) => ids[i]!));
    fresh.forEach((i, k) => {
      gathered.data.set(embeddings.subarray(dim * k, dim * (k + 1)), dim * i);
    });
    return gathered;
  }

  scatter(ids: Int32Array, { data, m, v }: Parameter): void {
    const { dim } = this;
    const rows = new Float32Array(ids.length * 3 * dim);
    ids.forEach((_id, i) => {
      const at = 3 * dim * i;
      rows.set(data.subarray(dim * i, dim * (i + 1)), at);
      rows.set(m.subarray(dim * i, dim * (i + 1)), at + dim);
      rows.set(v.subarray(dim * i, dim * (i + 1)), at + 2 * dim);
    });
    this.#cache.scatter(ids, rows);
  }

  /** Writes all classifiers at unit length, `[labels, dim]`, whole or not at all. @throws InputError if one is not finite. */
  async save(path: string): Promise<void> {
    this.#cache.flush();
    await using file = await AsideFile.create(path);
    using out = Matrix.create(file.partial, { dtype: 'float32', cols: this.dim });
    for (let begin = 0; begin < this.#state.rows; begin += BLOCK) {
      const count = Math.min(BLOCK, this.#state.rows - begin);
      const { data } = this.gather(Int32Array.from({ length: count }, (_x, i) => begin + i));
      for (let i = 0; i < count; i++)
        if (!toUnitLength(data.subarray(i * this.dim, (i + 1) * this.dim)))
          throw new InputError(`${path}: the classifier of label ${begin + i} is not finite`);
      out.append(data);
    }
    out.finish();
    await file.finish();
  }

  [Symbol.dispose](): void {
    this.#labels[Symbol.dispose]();
    this.#state[Symbol.dispose]();
  }
}

/** In place; a row of zeros stays. Returns whether the row is finite. */
function toUnitLength(row: Float32Array): boolean {
  const length = lengthOf(row);
  for (let i = 0; length > 0 && i < row.length; i++) row[i]! /= length;
  return Number.isFinite(length);
}
