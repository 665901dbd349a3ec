import type { Lists } from '../formats/lists.js';
import type { Found } from '../search/found.js';
import type { SparseRows } from '../sparse/rows.js';
import { beamSearch } from './beam-search.js';
import { explainLabel, type Explanation } from './explain.js';
import type { TextFeatures } from './score-children.js';
import { nodesAt } from './shape.js';
import { readTree } from './tree-file.js';
import { TreeWeights } from './tree-weights.js';

export interface OpenTreeOptions {
  /** Base names of the tree and of its weights. */
  tree: string;
  weights: string;
  /** Nodes of a level that are looked into; default 20. More find more labels, in more time. */
  beam?: number | undefined;
  /** Maximum bytes of weights to keep in memory; default 512 MiB. */
  memory?: number | undefined;
}

export interface OpenTree extends Disposable {
  /** As `beamSearch`. */
  search(texts: SparseRows, k: number, excluded?: Lists): Found;
  /** As `explainLabel`. */
  explain(text: TextFeatures, label: number): Explanation | undefined;
}

/** Memory: the weights that are kept, and 4 bytes per label. @throws InputError if a file is missing or invalid. */
export function openTree({ tree, weights: base, beam = 20, memory = 512 << 20 }: OpenTreeOptions): OpenTree {
  const { shape, order } = readTree(tree);
  const levels = shape.fanouts.length;
  let nodes = 0;
  for (let level = 0; level <= levels; level++) nodes += nodesAt(shape, level);
  const weights = new TreeWeights(base, { nodes, memory });
  return {
    search: (texts, k, excluded) => beamSearch({ shape, order, weights }, texts, { k, beam, excluded }),
    explain: (text, label) => explainLabel({ shape, order, weights }, text, label),
    [Symbol.dispose]: () => {
      weights[Symbol.dispose]();
    },
  };
}
