/**
 * Which label uses which auxiliary vector (DEXA, Module I), built once, before training. Head labels, those with many
 * training texts, have rows 0, 1, … of their own; cluster `c` of the tail has row `heads + c`. All files are read and
 * written in order, so memory does not grow with the number of labels.
 */
import { startOf } from '../cluster/node.js';
import { Matrix } from '../formats/npy.js';

export interface Tail {
  /** An int32 `.npy`: training texts of each label. */
  frequency: string;
  /** A label with at least this many training texts is a head label. */
  minCount: number;
}

/** Number of labels in the tail. */
export const countTail = (frequency: Int32Array, minCount: number): number =>
  frequency.reduce((count, texts) => count + Number(texts < minCount), 0);

const BLOCK = 65_536;

/** Writes the tail's labels, ascending, into an int32 `.npy`. Returns the number of head labels. */
export function writeTail(path: string, { frequency, minCount }: Tail): number {
  using counts = Matrix.open(frequency, 'int32');
  using tail = Matrix.create(path, { dtype: 'int32', cols: 1 });
  for (const { begin, values: own } of counts.blocks(BLOCK))
    tail.append(own.map((_count, i) => begin + i).filter((_label, i) => own[i]! < minCount));
  tail.finish();
  return counts.rows - tail.rows;
}

export interface AuxiliaryRowsOptions extends Tail {
  /** An int32 `.npy`: the tail's labels in the order of their clusters, as `cluster-assign` writes it. */
  members: string;
  clusters: number;
  /** Labels whose rows are in memory at once; `members` is read once per part. Default 16 Mi. */
  part?: number;
}

/** Writes label → row into an int32 `.npy`. */
export function writeAuxiliaryRows(
  path: string,
  { frequency, minCount, members, clusters, part = 1 << 24 }: AuxiliaryRowsOptions,
): void {
  using counts = Matrix.open(frequency, 'int32');
  using tail = Matrix.open(members, 'int32');
  using out = Matrix.create(path, { dtype: 'int32', cols: 1 });
  const heads = counts.rows - tail.rows;
  let head = 0;
  for (const { begin, values } of counts.blocks(part)) {
    const end = begin + values.length;
    const rows = values.map((count) => (count < minCount ? 0 : head++));
    for (const { cluster, labels } of clustersOf(tail, clusters))
      for (const label of labels) if (label >= begin && label < end) rows[label - begin] = heads + cluster;
    out.append(rows);
  }
  out.finish();
}

/** The clusters in turn, each with its labels. */
function* clustersOf(
  tail: Matrix<'int32'>,
  clusters: number,
): Generator<{ cluster: number; labels: Int32Array }> {
  const whole = { rows: tail.rows, clusters };
  const step = Math.max(1, Math.floor((BLOCK * clusters) / tail.rows)); // clusters per block
  for (let first = 0; first < clusters; first += step) {
    const last = Math.min(first + step, clusters);
    const start = startOf(whole, first);
    const block = tail.read(start, startOf(whole, last) - start);
    for (let cluster = first; cluster < last; cluster++) {
      const [begin, end] = [startOf(whole, cluster), startOf(whole, cluster + 1)];
      yield { cluster, labels: block.subarray(begin - start, end - start) };
    }
  }
}
