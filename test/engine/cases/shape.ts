import * as tf from '@tensorflow/tfjs';
import type { Case } from '../agree.js';
import { bools, floats, ints } from '../given.js';

export const shapeCases: Record<string, readonly Case[]> = {
  Reshape: [
    {
      inputs: [floats(2, 3, 4), floats()],
      fn: (x, scalar) => [tf.reshape(x, [6, 4]), tf.reshape(x, [-1]), tf.reshape(scalar, [1, 1])],
      gradients: true,
    },
    { inputs: [floats(0, 3), ints(4)], fn: (x, y) => [tf.reshape(x, [3, 0, 2]), tf.reshape(y, [2, 2])] },
    {
      inputs: [floats(1, 3)],
      fn: (x) => tf.reshape(tf.mul(tf.ones([2, 3]), x), [3, 2]),
    },
  ],
  ExpandDims: [
    {
      inputs: [floats(2, 3), floats()],
      fn: (x, scalar) => [...[0, 1, 2, -1].map((axis) => tf.expandDims(x, axis)), tf.expandDims(scalar)],
      gradients: true,
    },
  ],
  Transpose: [
    {
      inputs: [floats(2, 3), floats(2, 3, 4)],
      fn: (x, y) => [
        tf.transpose(x),
        tf.transpose(y),
        tf.transpose(y, [1, 0, 2]),
        tf.transpose(y, [0, 1, 2]),
      ],
      gradients: true,
    },
    { inputs: [floats(0, 3), bools(2, 3)], fn: (x, y) => [tf.transpose(x), tf.transpose(y)] },
    { inputs: [floats(3)], fn: (x) => tf.transpose(tf.mul(tf.ones([2, 3]), x)) },
  ],
  Tile: [
    {
      inputs: [floats(2, 3), floats(1, 3)],
      fn: (x, y) => [
        tf.tile(x, [2, 3]),
        tf.tile(x, [1, 1]),
        tf.tile(y, [4, 1]),
        tf.broadcastTo(y, [2, 4, 3]),
      ],
      gradients: true,
    },
    {
      inputs: [ints(3), bools(3), floats(2)],
      fn: (x, y, z) => [tf.tile(x, [2]), tf.tile(y, [2]), tf.tile(z, [0])],
    },
  ],
  Slice: [
    {
      inputs: [floats(5), floats(2, 3, 4)],
      fn: (x, y) => [
        tf.slice(x, 1, 3),
        tf.slice(x, 2),
        tf.slice(y, [1, 0, 2], [1, -1, 2]),
        tf.slice(y, [0, 0, 0]),
      ],
      gradients: true,
    },
    { inputs: [ints(4), floats(0, 3)], fn: (x, y) => [tf.slice(x, 4, 0), tf.slice(y, [0, 1], [0, 2])] },
    { inputs: [floats(3)], fn: (x) => tf.slice(tf.mul(tf.ones([4, 3]), x), [1, 1], [2, 2]) },
  ],
  StridedSlice: [
    {
      inputs: [floats(7), floats(3, 4, 5)],
      fn: (x, y) => [
        tf.stridedSlice(x, [1], [6], [2]),
        tf.stridedSlice(x, [5], [0], [-2]),
        tf.stridedSlice(x, [0], [0], [-1], 1, 1),
        tf.stridedSlice(y, [0, 1, 1], [3, 4, 5], [2, 2, 3]),
        tf.stridedSlice(y, [1, 0, 0], [2, 3, 3], [1, 1, 1], 0, 0, 0, 0, 1),
        tf.stridedSlice(y, [0, 0], [2, 2], [1, 1], 0, 0, 0, 1),
        tf.stridedSlice(y, [0, 2], [0, 4], [1, 1], 0, 0, 1),
      ],
    },
  ],
  Concat: [
    {
      inputs: [floats(2, 3), floats(1, 3), floats(2, 2)],
      fn: (x, y, z) => [tf.concat([x, y, x], 0), tf.concat([x, z], 1), tf.concat([x, z], -1)],
      gradients: true,
    },
    { inputs: [ints(2), ints(0)], fn: (x, y) => tf.concat([y, x, y]) },
    { inputs: [floats(2, 3)], fn: (x) => tf.concat([x, tf.zeros([2, 3]), tf.ones([1, 3])], 0) },
  ],
  SplitV: [
    {
      inputs: [floats(4, 6)],
      fn: (x) => [...tf.split(x, 2), ...tf.split(x, [1, 2, 3], 1), ...tf.split(x, [2, -1], -1)],
      gradients: true,
    },
    { inputs: [ints(3)], fn: (x) => tf.split(x, [0, 3]) },
  ],
  Pack: [
    {
      inputs: [floats(2, 3), floats(2, 3)],
      fn: (x, y) => [tf.stack([x, y]), tf.stack([x, y], 1), tf.stack([x, y, x], -1)],
      gradients: true,
    },
    { inputs: [floats(), ints(0)], fn: (x, y) => [tf.stack([x, x]), tf.stack([y, y])] },
  ],
  Unpack: [
    {
      inputs: [floats(2, 3)],
      fn: (x) => [...tf.unstack(x), ...tf.unstack(x, 1), ...tf.unstack(x, -1)],
      gradients: true,
    },
    { inputs: [ints(3)], fn: (x) => tf.unstack(x) },
  ],
  PadV2: [
    {
      inputs: [floats(4), floats(2, 3)],
      fn: (x, y) => [tf.pad(x, [[1, 2]]), tf.pad(y, [[0, 1], [2, 0]], 5), tf.pad(y, [[0, 0], [0, 0]])], // prettier-ignore
      gradients: true,
    },
    { inputs: [ints(2), floats(0, 2)], fn: (x, y) => [tf.pad(x, [[1, 1]], 7), tf.pad(y, [[1, 0], [0, 0]])] }, // prettier-ignore
  ],
  Reverse: [
    {
      inputs: [floats(5), floats(2, 3, 4)],
      fn: (x, y) => [
        tf.reverse(x),
        tf.reverse(y),
        tf.reverse(y, 1),
        tf.reverse(y, [0, -1]),
        tf.reverse(y, []),
      ],
      gradients: true,
    },
    { inputs: [ints(3), floats(0, 2)], fn: (x, y) => [tf.reverse(x), tf.reverse(y)] },
  ],
};
