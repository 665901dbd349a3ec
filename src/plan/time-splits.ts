/** Measures what the splits of a clustering cost on this machine. */
import { join } from 'node:path';
import { clusterAssign, rowsInMemory } from '../../operators/cluster-assign.js';
import { directionOf, SAMPLE as DRAWN } from '../cluster/bisect.js';
import { levelsOf, splitting, type SplitCosts, type SplitKind, type ToCluster } from './time.js';
import { Matrix } from '../formats/npy.js';
import { pipeline } from '../stream/pipeline.js';

/** Factor of clusters for measuring splits of many rows; rows per cluster for measuring splits of few. */
const MORE = 4;
const SMALL = 40;

interface Timed extends ToCluster {
  /** Seconds after warm-up. */
  seconds: number;
  /** Additional seconds of the first run. */
  start: number;
}

/** Cost of each kind of split: how much longer a clustering with more levels of it takes, both after warm-up. */
export async function timeSplits(vectors: string, dir: string, threads: number): Promise<SplitCosts> {
  using file = Matrix.open(vectors, 'float32');
  const { rows, cols: dim } = file;
  const sample = file.read(0, DRAWN);
  const split = { left: DRAWN / 2, node: { first: 0, clusters: 2 }, seed: 0, dim };
  directionOf(sample, DRAWN, split);
  const begun = performance.now();
  directionOf(sample, DRAWN, split);
  const fit = (performance.now() - begun) / 1000 / threads;

  const members = join(dir, 'members.npy');
  const time = async (clusters: number, parts: number): Promise<Timed> => {
    const memory = ((1.1 * rows) / parts) * dim * 4 * threads; // halves are not exactly equal
    const request = { vectors, clusters, seed: 0, members };
    const asked = performance.now();
    const [warm, end] = await endsOf(pipeline([request, request], clusterAssign({ threads, memory })).run());
    const inMemory = rowsInMemory({ rows, dim }, { threads, memory });
    const seconds = (end! - warm!) / 1000;
    return { rows, clusters, inMemory, seconds, start: Math.max(0, (warm! - asked) / 1000 - seconds) };
  };
  const parts = 2 ** Math.ceil(Math.log2(Math.max(2, threads)));
  const one = await time(1, 1);
  const two = await time(2, 2);
  const onDisk = await time(MORE * 2, MORE * 2);
  const apart = await time(parts, parts);
  const inMemory = await time(MORE * parts, parts);
  const small = await time(Math.floor(rows / SMALL), parts);

  const costs = { apart: 0, onDisk: 0, inMemory: 0, small: 0, fit, start: small.start };
  const solve = (kind: SplitKind, less: Timed, more: Timed): void => {
    const known = splitting(more, costs) - splitting(less, costs);
    const levels = levelsOf(more)[kind] - levelsOf(less)[kind];
    costs[kind] = Math.max(0, (more.seconds - less.seconds - known) / (rows * levels));
  };
  solve('apart', one, two);
  solve('onDisk', two, onDisk);
  solve('inMemory', apart, inMemory);
  solve('small', inMemory, small);
  return costs;
}

/** When each result arrived. */
async function endsOf(results: AsyncGenerator): Promise<number[]> {
  const ends: number[] = [];
  while ((await results.next()).done !== true) ends.push(performance.now());
  return ends;
}
