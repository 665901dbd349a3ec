/** The classifiers of a node's children, by feature: to score a text, only the columns of its features are read. */
import { InputError } from '../errors.js';
import { toFloat16 } from '../formats/half.js';
import type { SparseRows } from '../sparse/rows.js';

/** A row of weights per child, and its bias; −∞ for a child without a training text, which is never found. */
export interface ChildWeights {
  rows: SparseRows;
  bias: Float32Array;
}

export interface NodeWeights {
  bias: Float32Array;
  /** Features with a weight, ascending; those of `features[i]` are `starts[i] .. starts[i + 1]` of children and values. */
  features: Int32Array;
  starts: Int32Array;
  children: Uint8Array;
  /** Binary16, as on disk: twice as many nodes stay in memory as in single precision. */
  values: Uint16Array;
}

export function byFeature({ rows, bias }: ChildWeights): NodeWeights {
  const { offsets, columns } = rows;
  const features = distinct(columns);
  const places = new Int32Array(columns.length);
  const starts = new Int32Array(features.length + 1);
  const slot = new Map<number, number>();
  features.forEach((feature, i) => slot.set(feature, i));
  for (let i = 0; i < columns.length; i++) {
    places[i] = slot.get(columns[i]!)!;
    starts[places[i]! + 1]!++;
  }
  for (let i = 0; i < features.length; i++) starts[i + 1]! += starts[i]!;
  const next = starts.slice();
  const children = new Uint8Array(columns.length);
  const values = new Float32Array(columns.length);
  for (let child = 0; child < bias.length; child++)
    for (let i = offsets[child]!; i < offsets[child + 1]!; i++) {
      const at = next[places[i]!]!++;
      children[at] = child;
      values[at] = rows.values[i]!;
    }
  return { bias, features, starts, children, values: toFloat16(values) };
}

function distinct(columns: Int32Array): Int32Array {
  const sorted = columns.slice().sort();
  let count = 0;
  for (let i = 0; i < sorted.length; i++)
    if (i === 0 || sorted[i] !== sorted[i - 1]) sorted[count++] = sorted[i]!;
  return sorted.slice(0, count);
}

const HEADER = 3;

/** Bytes of a node on disk: counts, biases, features, their starts, values in half precision, children; a multiple of 4. */
const sizeOf = (children: number, features: number, entries: number): number =>
  4 * Math.ceil((4 * (HEADER + children + 2 * features + 1) + 3 * entries) / 4);

export function encodeNode({ bias, features, starts, children, values }: NodeWeights): Uint8Array {
  const bytes = new Uint8Array(sizeOf(bias.length, features.length, values.length));
  const ints = new Int32Array(bytes.buffer);
  ints.set([bias.length, features.length, values.length]);
  new Float32Array(bytes.buffer).set(bias, HEADER);
  ints.set(features, HEADER + bias.length);
  ints.set(starts, HEADER + bias.length + features.length);
  const at = 4 * (HEADER + bias.length + features.length + starts.length);
  new Uint16Array(bytes.buffer, at, values.length).set(values);
  bytes.set(children, at + 2 * values.length);
  return bytes;
}

/** Length of the node that begins with these bytes. */
export function nodeLength(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, 4 * HEADER);
  const [children, features, entries] = [0, 4, 8].map((at) => view.getInt32(at, true)) as [
    number,
    number,
    number,
  ];
  return sizeOf(children, features, entries);
}

/** `bytes` begin their buffer. @throws InputError naming the file if they are not those of a node. */
export function decodeNode(bytes: Uint8Array, path: string): NodeWeights {
  const { buffer } = bytes;
  const ints = new Int32Array(buffer);
  const [children = 0, count = 0, entries = 0] = ints;
  if (!(children >= 0 && count >= 0 && entries >= 0 && sizeOf(children, count, entries) === bytes.length))
    throw new InputError(
      `${path}: ${bytes.length} bytes are not ${children} children, ${count} features, ${entries} weights`,
    );
  const features = ints.subarray(HEADER + children, HEADER + children + count);
  const starts = ints.subarray(HEADER + children + count, HEADER + children + 2 * count + 1);
  const at = 4 * (HEADER + children + 2 * count + 1);
  return {
    bias: new Float32Array(buffer, 4 * HEADER, children),
    features,
    starts,
    children: new Uint8Array(buffer, at + 2 * entries, entries),
    values: new Uint16Array(buffer, at, entries),
  };
}
