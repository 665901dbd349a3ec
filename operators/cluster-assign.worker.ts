import { inMemory, splitAll, type Subtree } from '../src/cluster/balanced.js';
import { Matrix } from '../src/store/npy.js';

export interface Task {
  vectors: string;
  subtree: Subtree;
  seed: number;
}

/** Rows of one subtree after the other: as much memory as the largest takes, not as many as there are. */
let buffer = new Float32Array(0);

/** Loads the rows of one subtree and finishes it: `assignment[i]` is the cluster of `subtree.ids[i]`. */
export default ({ vectors, subtree: { ids, first, clusters }, seed }: Task): Int32Array => {
  using store = Matrix.open(vectors, 'float32');
  if (buffer.length < ids.length * store.cols) buffer = new Float32Array(ids.length * store.cols);
  const rows = inMemory(store.gather(ids, buffer), store.cols);
  const positions = Int32Array.from(ids, (_id, i) => i);
  const assignment = new Int32Array(ids.length);
  splitAll(rows, { ids: positions, first, clusters }, seed, (cluster, members) => {
    for (const member of members) assignment[member] = cluster;
  });
  return assignment;
};
