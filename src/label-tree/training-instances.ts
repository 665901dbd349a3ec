/** The training instances of a tree, on disk: texts, and label texts as instances of their own label. */
import { distinct, joined } from '../formats/arrays.js';
import { Random } from '../random.js';
import { offsetsOf, type SparseRows } from '../sparse/rows.js';
import { openSparse, type SparseSource } from '../sparse/held.js';
import { RaggedReader } from '../store/ragged.js';
import { boundsOf, type TreeNode, type TreeShape } from './shape.js';
import type { NodeProblem } from './train-node.js';

export interface InstanceFiles {
  /** Base names of sparse rows of the training texts and of the label texts. */
  texts: string;
  labels: string;
  /** Base name of lists, one per position in the tree: the instances of its label. Label `l` is instance `texts` + `l`. */
  instances: string;
}

export interface InstanceOptions {
  shape: TreeShape;
  /** C of a text, and of a label text. */
  costs: { text: number; label: number };
  seed: number;
  /** Maximum entries of a node's rows; of more a random part of the rows is read. Default 48 Mi. It bounds memory. */
  most?: number;
}

const MOST = 48 << 20;
/** Bytes of a node's rows at most: a column and a value for each entry. */
export const NODE_BYTES = 8 * MOST;

export class TrainingInstances implements Disposable {
  readonly #texts: SparseSource;
  readonly #labels: SparseSource;
  readonly #instances: RaggedReader;
  readonly #options: InstanceOptions;
  /** Maximum instances of a node. */
  readonly #most: number;
  /** Number of each instance of the node being read, −1 of others; 4 bytes per text and label. */
  readonly #number: Int32Array;

  constructor({ texts, labels, instances }: InstanceFiles, options: InstanceOptions) {
    this.#texts = openSparse(texts);
    this.#labels = openSparse(labels);
    this.#instances = new RaggedReader(instances);
    this.#options = options;
    const sources = [this.#texts, this.#labels];
    const entries = Math.max(1, ...sources.map(({ rows, size }) => size / Math.max(1, rows)));
    this.#most = Math.floor((options.most ?? MOST) / entries);
    this.#number = new Int32Array(this.#texts.rows + this.#labels.rows).fill(-1);
  }

  /** The problem of the children `from` … `to` − 1 of a node: its texts, then its label texts. It depends on seed and node alone. */
  read(node: TreeNode, from: number, to: number): NodeProblem {
    const { shape, costs, seed } = this.#options;
    const bounds = boundsOf(shape, node);
    const begin = bounds[0]!;
    const { offsets, values } = this.#instances.read(begin, bounds.at(-1)! - begin);
    const all = Random.of(seed, 'instances', node.level, node.index).shuffle(distinct(values));
    const some = all.subarray(0, this.#most);
    const { rows: texts } = this.#texts;
    const [ofTexts, ofLabels] = [some.filter((id) => id < texts), some.filter((id) => id >= texts)];
    const ids = joined(Int32Array, [ofTexts, ofLabels]);
    ids.forEach((id, i) => (this.#number[id] = i));
    const positives = Array.from({ length: to - from }, (_x, i) => {
      const [first, end] = [bounds[from + i]!, bounds[from + i + 1]!];
      const own = distinct(values.subarray(offsets[first - begin], offsets[end - begin]));
      return own.map((id) => this.#number[id]!).filter((number) => number >= 0);
    });
    for (const id of ids) this.#number[id] = -1;
    return {
      rows: this.#gather(ofTexts, ofLabels.map((id) => id - texts)), // prettier-ignore
      costs: new Float64Array(ids.length)
        .fill(costs.text, 0, ofTexts.length)
        .fill(costs.label, ofTexts.length),
      positives,
    };
  }

  /** Rows of texts, then of label texts, read to where they stay: large nodes are in memory once. */
  #gather(texts: Int32Array, labels: Int32Array): SparseRows {
    const offsets = offsetsOf(joined(Int32Array, [this.#texts.lengths(texts), this.#labels.lengths(labels)]));
    const [size, middle] = [offsets.at(-1)!, offsets[texts.length]!];
    const [columns, values] = [new Int32Array(size), new Float32Array(size)];
    const part = (begin: number, end: number) => ({
      columns: columns.subarray(begin, end),
      values: values.subarray(begin, end),
    });
    this.#texts.fill(texts, part(0, middle));
    this.#labels.fill(labels, part(middle, size));
    return { offsets, columns, values };
  }

  [Symbol.dispose](): void {
    for (const file of [this.#texts, this.#labels, this.#instances]) file[Symbol.dispose]();
  }
}
