/** Sums by segment against a plain loop: small inputs are scattered, large ones are sorted. */
import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { test, type Test } from 'tap';
import { compile } from '../../src/engine/compile.js';
import { toData, type Data, type DType, type Signature } from '../../src/engine/session.js';
import { Random } from '../../src/random.js';
import { distance } from './agree.js';

tf.enableProdMode();

interface Size {
  width: number;
  segments: number;
}

interface Problem extends Size {
  count: number;
  /** Ids are drawn from this far below 0 to this far beyond the last segment. */
  outside: number;
  /** The power to which a uniform number is raised: the higher, the more ids are equal. */
  skew: number;
  dtype: DType;
  seed: number;
}

function draw({ count, width, segments, outside, skew, dtype, seed }: Problem): { x: Data; ids: Int32Array } {
  const random = Random.of(seed, 'segments');
  const number = dtype === 'int32' ? () => random.below(100) - 50 : () => 2 * random.next() - 1;
  const id = () => Math.floor(random.next() ** skew * (segments + 2 * outside)) - outside;
  return {
    x: toData(dtype, Array.from({ length: count * width }, number)),
    ids: Int32Array.from({ length: count }, id),
  };
}

function plainSum(x: Data, ids: Int32Array, { width, segments }: Size): Float64Array {
  const sums = new Float64Array(segments * width);
  ids.forEach((id, row) => {
    if (id < 0 || id >= segments) return;
    for (let i = 0; i < width; i++) sums[id * width + i]! += x[row * width + i]!;
  });
  return sums;
}

async function isTheLoop(problem: Problem): Promise<boolean> {
  const { count, width, segments, dtype } = problem;
  const { x, ids } = draw(problem);
  const signature: Signature = {
    x: { dtype, shape: [count, width] },
    ids: { dtype: 'int32', shape: [count] },
  };
  await using session = await compile(
    ({ x, ids }) => ({ sums: tf.unsortedSegmentSum(x!, ids as tf.Tensor1D, segments) }),
    signature,
  );
  const { sums } = await session.run({ x, ids });
  return distance(sums!, plainSum(x, ids, problem)) < 1e-3; // a lost row is off by more; rounding is not
}

/** Shapes on which `segmentSum` scatters, and shapes on which it sorts. */
const sizes = {
  scattered: {
    count: fc.integer({ min: 0, max: 60 }),
    width: fc.integer({ min: 1, max: 5 }),
    segments: fc.integer({ min: 1, max: 80 }),
  },
  sorted: {
    count: fc.integer({ min: 600, max: 3000 }),
    width: fc.integer({ min: 110, max: 130 }),
    segments: fc.integer({ min: 1, max: 4000 }),
  },
};

const property = (size: (typeof sizes)['sorted']) =>
  fc.asyncProperty(
    fc.record({
      ...size,
      outside: fc.constantFrom(0, 1, 5, 5000),
      skew: fc.constantFrom(0, 1, 4, 40),
      dtype: fc.constantFrom('float32', 'int32'),
      seed: fc.nat(),
    }),
    isTheLoop,
  );

test('small inputs are summed as by a plain loop', async () => {
  await fc.assert(property(sizes.scattered), { numRuns: 100 });
});

test('large inputs are summed as by a plain loop', async () => {
  await fc.assert(property(sizes.sorted), { numRuns: 30 });
});

const large = { count: 3000, width: 64, segments: 500 };

for (const [what, extremes] of Object.entries({
  'one segment has all rows': { outside: 0, skew: 1, segments: 1 },
  'no row belongs to a segment': { outside: 1e6, skew: 0, segments: 7 },
  'each segment has few rows': { outside: 0, skew: 1, segments: 20_000 },
  'one row is as wide as many': { outside: 0, skew: 1, count: 1, width: 70_000, segments: 3 },
}))
  test(`large inputs are summed where ${what}`, async (t) => {
    for (const dtype of ['float32', 'int32'] as const)
      t.ok(await isTheLoop({ ...large, ...extremes, dtype, seed: 1 }), dtype);
  });

/** The gradient of Σ bag², whose rows were gathered, and masked where a token belongs to no text. */
async function bagGradient(t: Test, text: Int32Array): Promise<void> {
  const { count, width, segments } = large;
  const rows = 800;
  const signature: Signature = {
    table: { dtype: 'float32', shape: [rows, width] },
    row: { dtype: 'int32', shape: [count] },
    text: { dtype: 'int32', shape: [count] },
  };
  const random = Random.of(1, 'bag');
  const table = Float32Array.from({ length: rows * width }, () => random.next() - 0.5);
  const row = Int32Array.from({ length: count }, () => random.below(rows));
  await using session = await compile(({ table, row, text }) => {
    const bag = (x: tf.Tensor) => tf.unsortedSegmentSum(tf.gather(x, row!), text as tf.Tensor1D, segments);
    return { gradient: tf.grad((x) => tf.sum(tf.square(bag(x))))(table!) };
  }, signature);
  const { gradient } = await session.run({ table, row, text });

  const gather = (from: ArrayLike<number>, ids: Int32Array) =>
    Float32Array.from({ length: count * width }, (_x, i) => {
      const id = ids[Math.floor(i / width)]!;
      return id < 0 ? 0 : from[id * width + (i % width)]!;
    });
  const bag = plainSum(gather(table, row), text, large);
  const expected = plainSum(gather(bag, text), row, { width, segments: rows });
  t.ok(
    distance(
      gradient!,
      expected.map((x) => 2 * x),
    ) < 1e-4,
  );
}

test('the gradient of a large bag of embeddings equals that of a plain loop', async (t) => {
  const random = Random.of(1, 'texts');
  const text = Int32Array.from({ length: large.count }, () => random.below(large.segments));
  await bagGradient(t, text);
  await bagGradient(t, text.fill(-1, 1000, 1700));
});
