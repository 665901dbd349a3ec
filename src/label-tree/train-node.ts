/** Trains the classifiers of a node's children: each tells its own instances from those of its siblings. */
import type { SparseRows } from '../sparse/rows.js';
import {
  descend,
  newDescent,
  type Descent,
  type DescentOptions,
  type LinearProblem,
} from './dual-descent.js';
import { localRows, type LocalRows } from './local-rows.js';
import type { ChildWeights } from './node-weights.js';

export interface NodeProblem {
  /** The training instances of the node. */
  rows: SparseRows;
  /** C of each instance. */
  costs: Float64Array;
  /** The instances of each child to train. */
  positives: readonly Int32Array[];
}

export interface NodeOptions extends DescentOptions {
  /** Smaller weights are cut. */
  threshold: number;
}

/** `marks` as in `localRows`. */
export function trainNode(
  { rows, costs, positives }: NodeProblem,
  { threshold, ...options }: NodeOptions,
  marks: Int32Array,
): ChildWeights {
  const problem: LinearProblem = { rows: localRows(rows, marks), costs };
  const descent = newDescent(problem);
  const kept = new KeptWeights(problem.rows, threshold);
  const bias = new Float32Array(positives.length).fill(-Infinity);
  positives.forEach((own, child) => {
    if (own.length > 0) {
      descend(problem, own, options, descent);
      bias[child] = descent.weights.at(-1)!;
      kept.add(descent);
    }
    kept.end();
  });
  return { rows: kept.rows(), bias };
}

/** Collects the weights that are not cut, in arrays that grow. */
class KeptWeights {
  readonly #features: Int32Array;
  readonly #threshold: number;
  readonly #offsets = [0];
  #columns = new Int32Array(1024);
  #values = new Float32Array(1024);
  #count = 0;

  constructor({ features }: LocalRows, threshold: number) {
    this.#features = features;
    this.#threshold = threshold;
  }

  add({ weights }: Descent): void {
    const features = this.#features;
    const threshold = this.#threshold;
    if (this.#count + features.length > this.#columns.length) this.#grow(this.#count + features.length);
    const [columns, values] = [this.#columns, this.#values];
    let count = this.#count;
    for (let i = 0; i < features.length; i++) {
      const weight = weights[i]!;
      if (weight <= threshold && weight >= -threshold) continue;
      columns[count] = features[i]!;
      values[count++] = weight;
    }
    this.#count = count;
  }

  end(): void {
    this.#offsets.push(this.#count);
  }

  rows(): SparseRows {
    return {
      offsets: Int32Array.from(this.#offsets),
      columns: this.#columns.slice(0, this.#count),
      values: this.#values.slice(0, this.#count),
    };
  }

  #grow(least: number): void {
    const size = Math.max(least, 2 * this.#columns.length);
    const [columns, values] = [this.#columns, this.#values];
    this.#columns = new Int32Array(size);
    this.#columns.set(columns);
    this.#values = new Float32Array(size);
    this.#values.set(values);
  }
}
