import * as tf from '@tensorflow/tfjs';
import type { Case } from '../agree.js';
import { below, bools, exactly, floats, ints, positive, tied, type Given } from '../given.js';

type Make = (...shape: number[]) => Given;

const shapes = [[], [1], [0], [5], [2, 0, 3], [2, 3, 4], [1, 2, 1, 3, 2]];
/** Broadcasting cases: same shapes, lower ranks, sizes of 1 on either side, empty arrays. */
const pairs: readonly (readonly [number[], number[]])[] = [
  [[2, 3], [2, 3]],
  [[2, 3], [3]],
  [[2, 1], [1, 3]],
  [[], [2, 2]],
  [[4], []],
  [[0, 3], [3]],
  [[2, 1, 3], [4, 1]],
]; // prettier-ignore

const edges = exactly(0, -0, Infinity, -Infinity, NaN, 1e-30, -1e30, 0.5, -0.5);
/** Without NaN: in TensorFlow.js its sign is 0 and its step NaN; in ONNX it is the other way round. */
const orderedEdges = exactly(0, -0, Infinity, -Infinity, 1e-30, -1e30);

function unary(op: (x: tf.Tensor) => tf.Tensor, make: Make = floats, special = edges): Case[] {
  return [
    { inputs: shapes.map((shape) => make(...shape)), fn: (...xs) => xs.map(op), gradients: true },
    { inputs: [special], fn: (x) => op(x) },
  ];
}

const values = (op: (x: tf.Tensor) => tf.Tensor, make: Make): Case => ({
  inputs: shapes.map((shape) => make(...shape)),
  fn: (...xs) => xs.map(op),
});

function binary(op: (a: tf.Tensor, b: tf.Tensor) => tf.Tensor, make: Make): Case {
  return {
    inputs: pairs.flatMap(([a, b]) => [make(...a), make(...b)]),
    fn: (...xs) => pairs.map((_pair, i) => op(xs[2 * i]!, xs[2 * i + 1]!)),
  };
}

const smooth = (op: (a: tf.Tensor, b: tf.Tensor) => tf.Tensor, make: Make = floats): Case[] => [
  { ...binary(op, make), gradients: true },
  { inputs: [make(1), make(0)], fn: (a, b) => op(a, b) }, // TensorFlow.js' gradient fails
];

/** For kernels whose TensorFlow.js gradient fails if anything is broadcast. */
const smoothAlike = (op: (a: tf.Tensor, b: tf.Tensor) => tf.Tensor): Case[] => [
  binary(op, floats),
  { inputs: [floats(2, 3), floats(2, 3)], fn: (a, b) => op(a, b), gradients: true },
];

const compared = (op: (a: tf.Tensor, b: tf.Tensor) => tf.Tensor): Case[] => [
  binary(op, tied),
  binary(op, ints),
  { inputs: [edges], fn: (x) => op(x, tf.reshape(x, [x.size, 1])) },
];

export const elementwiseCases: Record<string, readonly Case[]> = {
  Abs: [...unary(tf.abs), values(tf.abs, ints)],
  Ceil: unary(tf.ceil),
  Erf: unary(tf.erf),
  Exp: unary(tf.exp),
  Floor: unary(tf.floor),
  Log: unary(tf.log, positive),
  Neg: [...unary(tf.neg), values(tf.neg, ints)],
  Reciprocal: unary(tf.reciprocal, positive),
  Relu: [...unary(tf.relu), values(tf.relu, ints)],
  Sigmoid: unary(tf.sigmoid),
  Sign: [...unary(tf.sign, floats, orderedEdges), values(tf.sign, ints)],
  Softplus: unary(tf.softplus),
  Sqrt: unary(tf.sqrt, positive),
  Tanh: unary(tf.tanh),
  Rsqrt: unary(tf.rsqrt, positive),
  Square: [...unary(tf.square), values(tf.square, ints)],
  Step: [0, 0.25].flatMap((alpha) => unary((x) => tf.step(x, alpha), floats, orderedEdges)),
  ClipByValue: [...unary((x) => tf.clipByValue(x, -1, 0.5)), values((x) => tf.clipByValue(x, -3, 4), ints)],

  Add: [...smooth(tf.add), binary(tf.add, ints)],
  AddN: [
    { inputs: [floats(2, 3), floats(2, 3), floats(2, 3)], fn: (...xs) => tf.addN(xs), gradients: true },
    { inputs: [ints(4), ints(4)], fn: (a, b) => tf.addN([a, b, a]) },
    { inputs: [floats(2, 3)], fn: (x) => tf.addN([x, tf.zeros([2, 3]), tf.ones([2, 3])]) },
  ],
  FloorDiv: [binary(tf.floorDiv, ints), binary(tf.floorDiv, positive)],
  Maximum: [...smoothAlike(tf.maximum), binary(tf.maximum, ints)],
  Minimum: [...smoothAlike(tf.minimum), binary(tf.minimum, ints)],
  Multiply: [
    ...smooth(tf.mul),
    binary(tf.mul, ints),
    { inputs: [floats(3)], fn: (x) => [tf.mul(x, 1), tf.mul(tf.ones([2, 3]), x), tf.mul(x, tf.zeros([3]))] },
  ],
  Pow: [...smooth(tf.pow, positive), { inputs: [ints(5), below(4, 5)], fn: (a, b) => tf.pow(a, b) }],
  RealDiv: [...smooth(tf.div, positive), { inputs: [floats(4)], fn: (x) => tf.div(x, tf.fill([4], -0)) }],
  Sub: [...smooth(tf.sub), binary(tf.sub, ints)],
  SquaredDifference: [...smoothAlike(tf.squaredDifference), binary(tf.squaredDifference, ints)],

  Equal: [...compared(tf.equal), binary(tf.equal, bools)],
  Greater: compared(tf.greater),
  GreaterEqual: compared(tf.greaterEqual),
  Less: compared(tf.less),
  LessEqual: compared(tf.lessEqual),
  NotEqual: [...compared(tf.notEqual), binary(tf.notEqual, bools)],
  LogicalAnd: [
    binary(tf.logicalAnd, bools),
    {
      inputs: [bools(3)],
      fn: (x) => [true, false].map((y) => tf.logicalAnd(x, tf.fill([2, 3], Number(y), 'bool'))),
    },
  ],
  LogicalNot: [values(tf.logicalNot, bools)],
  LogicalOr: [
    binary(tf.logicalOr, bools),
    {
      inputs: [bools(3)],
      fn: (x) => [true, false].map((y) => tf.logicalOr(x, tf.fill([2, 3], Number(y), 'bool'))),
    },
  ],
  Select: [
    {
      inputs: [bools(2, 3), floats(2, 3), floats(2, 3)],
      fn: (condition, a, b) => tf.where(condition, a, b),
      gradients: true,
    },
    { inputs: [bools(2, 1), floats(3), floats()], fn: (condition, a, b) => tf.where(condition, a, b) },
    { inputs: [bools(3), bools(3), bools(3)], fn: (condition, a, b) => tf.where(condition, a, b) },
    { inputs: [bools(0), ints(0), ints(0)], fn: (condition, a, b) => tf.where(condition, a, b) },
  ],

  Cast: (['float32', 'int32', 'bool'] as const).flatMap((dtype) =>
    [floats, tied, ints, bools].map((make) => values((x) => tf.cast(x, dtype), make)),
  ),
  Identity: [...unary((x) => tf.clone(x)), values((x) => tf.clone(x), ints), values((x) => x.clone(), bools)],
  Fill: [
    {
      inputs: [floats(2)],
      fn: (x) => [
        tf.add(x, tf.fill([3, 2], 7)),
        tf.fill([0, 2], 1),
        tf.fill([2], 3, 'int32'),
        tf.fill([], 4),
      ],
    },
    { inputs: [], fn: () => [tf.div(1, tf.fill([2], -0)), tf.div(1, tf.fill([2], 0)), tf.fill([1], NaN)] },
  ],
  ZerosLike: [values(tf.zerosLike, floats), values(tf.zerosLike, ints), values(tf.zerosLike, bools)],
  OnesLike: [values(tf.onesLike, floats), values(tf.onesLike, ints), values(tf.onesLike, bools)],
};
