/** Finds labels in a tree of classifiers: level by level, only the best nodes are looked into. */
import type { Lists } from '../formats/lists.js';
import { listAt, listCount } from '../formats/lists.js';
import { emptyFound, type Found } from '../search/found.js';
import { sparseCount, type SparseRows } from '../sparse/rows.js';
import { BestOf } from './best-of.js';
import { scoreChildren, type TextFeatures } from './score-children.js';
import { firstLabelOf, MOST_CHILDREN, numberOf, type TreeShape } from './shape.js';
import type { TreeWeights } from './tree-weights.js';

export interface SearchedTree {
  shape: TreeShape;
  /** The label at each position. */
  order: Int32Array;
  weights: Pick<TreeWeights, 'node'>;
}

export interface BeamOptions {
  /** Labels for each text. */
  k: number;
  /** Nodes of a level that are looked into. */
  beam: number;
  /** Labels that each text must not get. */
  excluded?: Lists | undefined;
}

/**
 * The `k` labels with the highest log-probability: the sum over the path of −max(0, 1 − s)³ for the score s of each child
 * (XR-Linear's `l3-hinge`). None for a text without features.
 */
export function beamSearch(tree: SearchedTree, texts: SparseRows, { k, beam, excluded }: BeamOptions): Found {
  const count = sparseCount(texts);
  const found = emptyFound(count, k);
  const best = new BestOf(k);
  const walk = walker(tree, beam);
  for (let text = 0; text < count; text++) {
    const [begin, end] = [texts.offsets[text]!, texts.offsets[text + 1]!];
    if (begin === end) continue;
    const hidden = excluded && text < listCount(excluded) ? listAt(excluded, text) : NONE;
    best.clear();
    walk(
      { columns: texts.columns.subarray(begin, end), values: texts.values.subarray(begin, end) },
      best,
      hidden,
    );
    found.ids.set(best.items.subarray(0, best.count), text * k);
    found.scores.set(best.scores.subarray(0, best.count), text * k);
  }
  return found;
}

const NONE = new Int32Array(0);

/** Looks for the best labels of one text at a time; `hidden` are labels to leave out. */
function walker({ shape, order, weights }: SearchedTree, beam: number) {
  const scores = new Float32Array(MOST_CHILDREN);
  let [nodes, next] = [new BestOf(beam), new BestOf(beam)];
  const expand = (
    level: number,
    text: TextFeatures,
    take: (at: number, index: number, score: number) => void,
  ): void => {
    for (let at = 0; at < nodes.count; at++) {
      const node = weights.node(numberOf(shape, { level, index: nodes.items[at]! }));
      scoreChildren(node, text, scores);
      for (let child = 0; child < node.bias.length; child++) {
        const score = logProbability(scores[child]!);
        if (score > -Infinity) take(at, child, nodes.scores[at]! + score);
      }
    }
  };
  return (text: TextFeatures, best: BestOf, hidden: Int32Array): void => {
    nodes.clear();
    nodes.offer(0, 0);
    shape.fanouts.forEach((fanout, level) => {
      next.clear();
      expand(level, text, (at, child, score) => {
        next.offer(nodes.items[at]! * fanout + child, score);
      });
      [nodes, next] = [next, nodes];
    });
    const level = shape.fanouts.length;
    const begins = nodes.items.subarray(0, nodes.count).map((index) => firstLabelOf(shape, index));
    expand(level, text, (at, child, score) => {
      const label = order[begins[at]! + child]!;
      if (!hidden.includes(label)) best.offer(label, score);
    });
  };
}

/** −max(0, 1 − s)³. */
function logProbability(score: number): number {
  const short = 1 - score;
  return short > 0 ? -short * short * short : 0;
}
