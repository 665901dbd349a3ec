/** The training instances of a tree, on disk: texts, and label texts as instances of their own label. */
import { distinct } from '../formats/arrays.js';
import { Random } from '../random.js';
import type { SparseRows } from '../sparse/rows.js';
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
  /** Maximum instances of a node, of more a random part is read; default 2^18. It bounds memory. */
  most?: number;
}

const MOST = 1 << 18;

export class TrainingInstances implements Disposable {
  readonly #texts: SparseSource;
  readonly #labels: SparseSource;
  readonly #instances: RaggedReader;
  readonly #options: InstanceOptions;
  /** Number in the node of each instance of the node being read; 4 bytes per text and label. */
  readonly #number: Int32Array;

  constructor({ texts, labels, instances }: InstanceFiles, options: InstanceOptions) {
    this.#texts = openSparse(texts);
    this.#labels = openSparse(labels);
    this.#instances = new RaggedReader(instances);
    this.#options = options;
    this.#number = new Int32Array(this.#texts.rows + this.#labels.rows);
  }

  /** The problem of the children `from` … `to` − 1 of a node. The order of instances depends on seed and node alone. */
  read(node: TreeNode, from: number, to: number): NodeProblem {
    const { shape, costs, seed, most = MOST } = this.#options;
    const bounds = boundsOf(shape, node);
    const begin = bounds[0]!;
    const { offsets, values } = this.#instances.read(begin, bounds.at(-1)! - begin);
    const all = Random.of(seed, 'instances', node.level, node.index).shuffle(distinct(values));
    const ids = all.subarray(0, most);
    for (let i = 0; i < all.length; i++) this.#number[all[i]!] = i;
    const positives = Array.from({ length: to - from }, (_x, i) => {
      const [first, end] = [bounds[from + i]!, bounds[from + i + 1]!];
      const own = distinct(values.subarray(offsets[first - begin], offsets[end - begin]));
      return own.map((id) => this.#number[id]!).filter((number) => number < ids.length);
    });
    const { rows: texts } = this.#texts;
    return {
      rows: this.#gather(ids),
      costs: Float64Array.from(ids, (id) => (id < texts ? costs.text : costs.label)),
      positives,
    };
  }

  /** The rows of instances, in order. */
  #gather(ids: Int32Array): SparseRows {
    const { rows: texts } = this.#texts;
    const own = this.#texts.gather(ids.filter((id) => id < texts));
    const named = this.#labels.gather(ids.filter((id) => id >= texts).map((id) => id - texts));
    const offsets = new Int32Array(ids.length + 1);
    const columns = new Int32Array(own.columns.length + named.columns.length);
    const values = new Float32Array(columns.length);
    const next = [0, 0];
    for (let i = 0; i < ids.length; i++) {
      const kind = ids[i]! < texts ? 0 : 1;
      const from = kind === 0 ? own : named;
      const row = next[kind]!++;
      const [begin, end] = [from.offsets[row]!, from.offsets[row + 1]!];
      const at = offsets[i]!;
      for (let j = begin; j < end; j++) {
        columns[at + j - begin] = from.columns[j]!;
        values[at + j - begin] = from.values[j]!;
      }
      offsets[i + 1] = at + end - begin;
    }
    return { offsets, columns, values };
  }

  [Symbol.dispose](): void {
    for (const file of [this.#texts, this.#labels, this.#instances]) file[Symbol.dispose]();
  }
}
