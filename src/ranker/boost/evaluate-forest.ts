/** Passes many rows through a forest at once. */
import type { Table } from './bins.js';
import type { Forest } from './forest.js';

/** Rows that pass all trees before the next ones do: few enough to stay in the processor's cache. A multiple of 4. */
const BLOCK = 128;

/** What is added, and to which sums; default all. */
export interface Part {
  /** The first tree, and the one after the last. */
  from?: number;
  to?: number;
  /** Rows of the table. */
  rows?: Int32Array;
}

/**
 * Adds the sum of the trees' values for each row of a table to `sums`. Which way a row goes is a number that is added, not a
 * jump, of which processors guess half wrong; and four rows go at the same time. Twice as fast as step by step.
 */
export function addForest(
  forest: Forest,
  { rows: all, features, values }: Table,
  sums: Float64Array,
  { from = 0, to = forest.roots.length, rows }: Part = {},
): void {
  const arranged = arrangements.get(forest) ?? arrange(forest, features);
  arrangements.set(forest, arranged);
  const width = 2 * features;
  const block = new Float32Array(BLOCK * width);
  const found = new Float64Array(BLOCK);
  const size = rows?.length ?? all;
  for (let begin = 0; begin < size; begin += BLOCK) {
    const count = Math.min(BLOCK, size - begin);
    for (let i = 0; i < count; i++) {
      const row = rows?.[begin + i] ?? begin + i;
      for (let feature = 0; feature < features; feature++) {
        const value = values[row * features + feature]!;
        const isMissing = Number.isNaN(value);
        block[i * width + feature] = isMissing ? -Infinity : value;
        block[i * width + features + feature] = isMissing ? Infinity : value;
      }
    }
    addBlock(arranged, { block, width, count, from, to }, found.fill(0));
    for (let i = 0; i < count; i++) sums[rows?.[begin + i] ?? begin + i]! += found[i]!;
  }
}

/** Nodes in an order in which `above` follows `below`; a leaf leads to itself, so that all paths have the same length. */
interface Arranged {
  roots: Int32Array;
  depths: Int32Array;
  /** The node below. */
  child: Int32Array;
  /** The feature, of which each row has two copies: with missing values below everything, and above everything. */
  slot: Int32Array;
  edge: Float32Array;
  value: Float32Array;
}

/** Kept, because to arrange a forest takes a fifth of the time in which a text's candidates pass through it. */
const arrangements = new WeakMap<Forest, Arranged>();

function arrange(forest: Forest, features: number): Arranged {
  const { roots, feature, threshold, below, above, missing } = forest;
  const size = feature.length;
  const arranged: Arranged = {
    ...{ roots: new Int32Array(roots.length), depths: new Int32Array(roots.length) },
    ...{ child: new Int32Array(size), slot: new Int32Array(size) },
    ...{ edge: new Float32Array(size).fill(Infinity), value: new Float32Array(size) },
  };
  let next = 0;
  roots.forEach((root, tree) => {
    arranged.roots[tree] = next;
    const queue = [{ from: root, to: next++, depth: 0 }];
    for (const { from, to, depth } of queue) {
      arranged.depths[tree] = depth; // the last one is the deepest
      const own = feature[from]!;
      arranged.child[to] = own < 0 ? to : next;
      if (own < 0) {
        arranged.value[to] = threshold[from]!;
        continue;
      }
      arranged.slot[to] = missing[from] === below[from] ? own : features + own;
      arranged.edge[to] = threshold[from]!;
      queue.push({ from: below[from]!, to: next, depth: depth + 1 });
      queue.push({ from: above[from]!, to: next + 1, depth: depth + 1 });
      next += 2;
    }
  });
  return arranged;
}

/** Rows of a block, each with two copies of its features, and the trees that they pass. */
interface Block {
  block: Float32Array;
  width: number;
  count: number;
  from: number;
  to: number;
}

function addBlock(
  { roots, depths, child, slot, edge, value }: Arranged,
  { block, width, count, from, to }: Block,
  found: Float64Array,
): void {
  for (let tree = from; tree < to; tree++) {
    const [root, depth] = [roots[tree]!, depths[tree]!];
    for (let row = 0; row < count; row += 4) {
      const a = row * width;
      const b = a + width;
      const c = b + width;
      const d = c + width;
      let i = root;
      let j = root;
      let k = root;
      let l = root;
      for (let step = 0; step < depth; step++) {
        i = child[i]! + Number(block[a + slot[i]!]! > edge[i]!);
        j = child[j]! + Number(block[b + slot[j]!]! > edge[j]!);
        k = child[k]! + Number(block[c + slot[k]!]! > edge[k]!);
        l = child[l]! + Number(block[d + slot[l]!]! > edge[l]!);
      }
      found[row]! += value[i]!;
      found[row + 1]! += value[j]!;
      found[row + 2]! += value[k]!;
      found[row + 3]! += value[l]!;
    }
  }
}
