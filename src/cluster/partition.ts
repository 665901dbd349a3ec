/**
 * The upper splits of a clustering whose rows do not fit in memory. All nodes of a level are split at once by streaming the
 * rows past their directions, until the nodes are small enough; then the rows of each node are written to separate files.
 * The result is the same as that of splitting in memory.
 */
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Matrix } from '../formats/npy.js';
import { inFlight } from '../stream/concurrent.js';
import { halves, sizeOf, type ClusterTree, type Node } from './node.js';
import { Sampler, type Split } from './bisect.js';
import { RowFilesWriter, type CompactFiles } from './row-files-writer.js';
import { RowReader, type RowFiles } from './row-files.js';
import { Thresholds } from './thresholds.js';

/** A node with its rows. */
export interface Part {
  node: Node;
  files: RowFiles;
  /** Whether the files belong to this part; its consumer then removes them with `remove`. */
  temporary: boolean;
}

export interface DirectTask extends Split {
  files: RowFiles;
  /** Positions of the sampled rows among the node's `total`. */
  drawn: Int32Array;
  total: number;
}

export interface ScoreTask {
  files: RowFiles;
  begin: number;
  /** The node of each row from `begin` on. */
  nodes: Uint8Array;
  /** `[nodes, dim]`. */
  directions: Float32Array;
}

/** The work that is done in threads. */
export interface Splitting {
  /** The direction by which a node is split, `[dim]`. */
  direct(task: DirectTask): Promise<Float32Array>;
  /** The dot product of each row with the direction of its node. */
  score(task: ScoreTask): Promise<Float32Array>;
}

export interface PartitionOptions {
  tree: ClusterTree;
  /** Maximum number of rows in a part. */
  limit: number;
  /** The folder to create for the parts. */
  dir: string;
  work: Splitting;
  /** Blocks of rows in flight. */
  window: number;
  /** Called with the number of rows that have passed one split. */
  progress: (rows: number) => void;
  signal: AbortSignal;
}

/** Levels that are split before rows are rewritten. */
export const LEVELS = 7;
/** Nodes of the last level: a node number must fit a byte, and two open files per node stay under the system's limit. */
const MOST_NODES = 2 ** LEVELS;
const BLOCK = 16_384;

/** The parts of `part` in the order of the clusters; `part` itself if it is small enough. The caller removes the folder. */
export async function* partition(part: Part, options: PartitionOptions): AsyncGenerator<Part> {
  const { dir } = options;
  if (!isLarge(part.node, options)) {
    yield part;
    return;
  }
  mkdirSync(dir);
  for (const smaller of await split(part, options))
    yield* partition(smaller, { ...options, dir: join(dir, String(smaller.node.first)) });
}

const isLarge = (node: Node, { tree, limit }: PartitionOptions): boolean =>
  node.clusters > 1 && sizeOf(tree, node) > limit;

/** A node of the current level. One that is small enough has no sampler and is not split. */
interface Open {
  node: Node;
  sampler: Sampler | undefined;
}

async function split(part: Part, options: PartitionOptions): Promise<Part[]> {
  const { dir, tree } = options;
  using rows = new RowReader(part.files);
  const state = { cols: 1, rows: rows.rows };
  using nodes = Matrix.create(join(dir, 'nodes.npy'), { dtype: 'uint8', ...state });
  using scores = Matrix.create(join(dir, 'scores.npy'), { dtype: 'float32', ...state });
  const opened = (node: Node): Open => ({
    node,
    sampler: isLarge(node, options) ? new Sampler(sizeOf(tree, node), { node, seed: tree.seed }) : undefined,
  });

  let level = [opened(part.node)];
  for (let row = 0; row < rows.rows; row++) level[0]!.sampler!.offer(row);
  while (level.some(({ sampler }) => sampler) && 2 * level.length <= MOST_NODES) {
    const directions = await directionsOf(level, part.files, rows.dim, options);
    const thresholds = await score({ directions, level }, { files: part.files, nodes, scores }, options);
    const [below, children] = [new Uint8Array(level.length), [] as Open[]];
    level.forEach(({ node, sampler }, i) => {
      below[i] = children.length;
      children.push(...(sampler ? halves(node).map(opened) : [{ node, sampler }]));
    });
    for (const { begin, count } of blocks(rows.rows)) {
      const before = nodes.read(begin, count);
      const left = thresholds.left(before, scores.read(begin, count));
      const after = before.map((node, i) => below[node]! + 1 - left[i]!);
      after.forEach((child, i) => children[child]!.sampler?.offer(begin + i));
      nodes.write(begin, after);
    }
    level = children;
  }
  const parts = level.map(({ node }) => ownPart(node, dir));
  write(parts, { rows, nodes, tree });
  remove(part);
  for (const { path } of [nodes, scores]) rmSync(path);
  return parts;
}

/** The directions of the nodes of a level, `[nodes, dim]`; zero for a node that is not split. */
async function directionsOf(
  level: readonly Open[],
  files: RowFiles,
  dim: number,
  { tree, work }: PartitionOptions,
): Promise<Float32Array> {
  const directions = new Float32Array(level.length * dim);
  const fit = async ({ node, sampler }: Open, i: number): Promise<void> => {
    if (!sampler) return;
    const [total, left] = [node, halves(node)[0]].map((part) => sizeOf(tree, part)) as [number, number];
    const task = { files, drawn: sampler.drawn, total, left, node, seed: tree.seed };
    directions.set(await work.direct(task), i * dim);
  };
  await Promise.all(level.map(fit));
  return directions;
}

/** Scores all rows, and finds the score of each node from which rows go left. */
async function score(
  { level, directions }: { level: readonly Open[]; directions: Float32Array },
  { files, nodes, scores }: { files: RowFiles; nodes: Matrix<'uint8'>; scores: Matrix<'float32'> },
  { tree, work, window, progress, signal }: PartitionOptions,
): Promise<Thresholds> {
  const thresholds = new Thresholds(
    level.map(({ node, sampler }) => sizeOf(tree, sampler ? halves(node)[0] : node)),
  );
  async function* requests(): AsyncGenerator<ScoreTask> {
    for (const { begin, count } of blocks(nodes.rows))
      yield { files, begin, nodes: nodes.read(begin, count), directions };
  }
  const scored = inFlight(
    requests(),
    async (task) => {
      signal.throwIfAborted();
      return { ...task, own: await work.score(task) };
    },
    window,
  );
  for await (const { begin, nodes, own } of scored) {
    thresholds.count(nodes, own);
    scores.write(begin, own);
    progress(own.length);
  }
  thresholds.settle();
  for (const { begin, count } of blocks(nodes.rows))
    thresholds.refine(nodes.read(begin, count), scores.read(begin, count));
  thresholds.settle();
  return thresholds;
}

/** Writes each row to the files of its part, `parts[nodes[i]]`. */
function write(
  parts: readonly OwnPart[],
  { rows, nodes, tree }: { rows: RowReader; nodes: Matrix<'uint8'>; tree: ClusterTree },
): void {
  const { dim, half } = rows;
  const writers: RowFilesWriter[] = [];
  try {
    for (const { node, files } of parts)
      writers.push(new RowFilesWriter(files, { count: sizeOf(tree, node), dim, half }));
    for (const { begin, count } of blocks(rows.rows)) {
      const [ids, values] = [rows.ids(begin, count), rows.read(begin, count)];
      nodes.read(begin, count).forEach((node, i) => {
        writers[node]!.add(ids[i]!, values.subarray(i * dim, (i + 1) * dim));
      });
    }
  } finally {
    for (const writer of writers) writer[Symbol.dispose]();
  }
}

/** A part with files of its own. */
type OwnPart = Part & { files: CompactFiles };

const ownPart = (node: Node, dir: string): OwnPart => ({
  node,
  files: {
    vectors: join(dir, `${node.first}-rows.npy`),
    ids: join(dir, `${node.first}-ids.npy`),
    compact: true,
  },
  temporary: true,
});

/** Removes the files of a part if they belong to it. */
export function remove({ files: { vectors, ids }, temporary }: Part): void {
  if (temporary) for (const path of [vectors, ids!]) rmSync(path);
}

/** Ranges of at most `BLOCK` consecutive rows. */
function* blocks(rows: number): Generator<{ begin: number; count: number }> {
  for (let begin = 0; begin < rows; begin += BLOCK) yield { begin, count: Math.min(BLOCK, rows - begin) };
}
