import { AtomicFile } from '../files/atomic-file.js';
import { Matrix } from '../formats/npy.js';
import { lengthOf } from '../formats/vectors.js';
import { InputError } from '../errors.js';
import { TrainedRows } from './trained-rows.js';

export interface ClassifierRowsOptions {
  /** A float32 `.npy` of label embeddings, unit rows: what each classifier begins as. */
  labels: string;
  /** The float32 `.npy` of the classifiers and their moments to make, `[labels, 3 dim]`. */
  rows: string;
  /** Bytes of rows in memory at most. */
  memory: number;
  /** The checkpoint whose rows to go on with; default begins anew. */
  checkpoint?: number | undefined;
}

/** The classifiers with their moments, on disk; a label that no text has keeps its embedding. */
export class ClassifierRows extends TrainedRows {
  readonly #labels: Matrix<'float32'>;

  constructor({ labels, rows: path, memory, checkpoint: from }: ClassifierRowsOptions) {
    const embeddings = Matrix.open(labels, 'float32');
    const { rows, cols: dim } = embeddings;
    super({ path, rows, dim, memory, from, initial: (ids) => embeddings.gather(ids) });
    this.#labels = embeddings;
  }

  /** Writes all classifiers at unit length, `[labels, dim]`, whole or not at all. @throws InputError if one is not finite. */
  async save(path: string): Promise<void> {
    const { dim } = this;
    await using file = await AtomicFile.create(path);
    using out = Matrix.create(file.partial, { dtype: 'float32', cols: dim });
    for (const rows of this.all()) {
      for (let i = 0; i < rows.length; i += dim)
        if (!toUnitLength(rows.subarray(i, i + dim)))
          throw new InputError(`${path}: the classifier of label ${out.rows + i / dim} is not finite`);
      out.append(rows);
    }
    out.finish();
    await file.finish();
  }

  override [Symbol.dispose](): void {
    super[Symbol.dispose]();
    this.#labels[Symbol.dispose]();
  }
}

/** In place; a row of zeros stays. Returns whether the row is finite. */
function toUnitLength(row: Float32Array): boolean {
  const length = lengthOf(row);
  for (let i = 0; length > 0 && i < row.length; i++) row[i]! /= length;
  return Number.isFinite(length);
}
