/** The training instances of a tree, on disk: texts, and label texts as instances of their own label. */
import { distinct } from '../formats/arrays.js';
import { Random } from '../random.js';
import { sparseCount, type SparseRows } from '../sparse/rows.js';
import { openSparse } from '../sparse/held.js';
import { StackedRows } from '../sparse/stacked.js';
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
  /** Maximum entries of a node's rows, of more a random part of the rows is read; default 48 Mi. It bounds memory. */
  most?: number;
}

const MOST = 48 << 20;
/** Bytes of a node's rows at most: a column and a value for each entry. */
export const NODE_BYTES = 8 * MOST;
/** Rows that are read at a time: they are in memory twice. */
const BLOCK = 65_536;

export class TrainingInstances implements Disposable {
  readonly #texts: number;
  /** The texts, then the label texts. */
  readonly #rows: StackedRows;
  readonly #instances: RaggedReader;
  readonly #options: InstanceOptions;
  /** Number in the node of each instance of the node being read; 4 bytes per text and label. */
  readonly #number: Int32Array;

  constructor({ texts, labels, instances }: InstanceFiles, options: InstanceOptions) {
    const rows = openSparse(texts);
    this.#texts = rows.rows;
    this.#rows = new StackedRows(rows, openSparse(labels));
    this.#instances = new RaggedReader(instances);
    this.#options = options;
    this.#number = new Int32Array(this.#rows.rows);
  }

  /** The problem of the children `from` … `to` − 1 of a node. The order of instances depends on seed and node alone. */
  read(node: TreeNode, from: number, to: number): NodeProblem {
    const { shape, costs, seed } = this.#options;
    const bounds = boundsOf(shape, node);
    const begin = bounds[0]!;
    const { offsets, values } = this.#instances.read(begin, bounds.at(-1)! - begin);
    const ids = Random.of(seed, 'instances', node.level, node.index).shuffle(distinct(values));
    for (let i = 0; i < ids.length; i++) this.#number[ids[i]!] = i;
    const rows = this.#gather(ids);
    const count = sparseCount(rows);
    const positives = Array.from({ length: to - from }, (_x, i) => {
      const [first, end] = [bounds[from + i]!, bounds[from + i + 1]!];
      const own = distinct(values.subarray(offsets[first - begin], offsets[end - begin]));
      return own.map((id) => this.#number[id]!).filter((number) => number < count);
    });
    const costOf = (id: number): number => (id < this.#texts ? costs.text : costs.label);
    return { rows, costs: Float64Array.from(ids.subarray(0, count), costOf), positives };
  }

  /** The rows of the first instances, block by block, as many as may be in memory. */
  #gather(ids: Int32Array): SparseRows {
    const offsets = this.#offsetsOf(ids);
    const size = offsets.at(-1)!;
    const [columns, values] = [new Int32Array(size), new Float32Array(size)];
    for (let begin = 0; begin < offsets.length - 1; begin += BLOCK) {
      const block = this.#rows.gather(ids.subarray(begin, Math.min(begin + BLOCK, offsets.length - 1)));
      columns.set(block.columns, offsets[begin]);
      values.set(block.values, offsets[begin]);
    }
    return { offsets, columns, values };
  }

  /** Where the rows of the first instances begin and end. */
  #offsetsOf(ids: Int32Array): Int32Array {
    const { most = MOST } = this.#options;
    const offsets = new Int32Array(ids.length + 1);
    for (let begin = 0; begin < ids.length; begin += BLOCK) {
      const lengths = this.#rows.lengths(ids.subarray(begin, begin + BLOCK));
      for (let i = 0, row = begin; i < lengths.length; i++, row++) {
        const end = offsets[row]! + lengths[i]!;
        if (end > most) return offsets.subarray(0, row + 1);
        offsets[row + 1] = end;
      }
    }
    return offsets;
  }

  [Symbol.dispose](): void {
    for (const file of [this.#rows, this.#instances]) file[Symbol.dispose]();
  }
}
