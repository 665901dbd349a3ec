/**
 * The same functions on ONNX Runtime and on TensorFlow.js' own back ends for Node: `npm run bench:engine`.
 * The sides take turns within one process; a number is the median of a side's runs.
 */
import * as tf from '@tensorflow/tfjs';
import { compile } from '../../src/engine/compile.js';
import { eager } from '../../src/engine/eager.js';
import type { Arrays, Session, Signature, TensorFunction } from '../../src/engine/session.js';
import { bag } from '../../src/model/encoders/bag.js';
import { randomStep } from '../engine/steps.js';
import { floats } from '../engine/given.js';
import { machine, median, table, writeSection } from './results.js';

tf.enableProdMode();

const ROUNDS = 15;
/** A side that ran for this long, in ms, skips the other rounds. */
const ENOUGH = 5_000;

type Open = (fn: TensorFunction, signature: Signature) => Promise<Session>;

const sides: Record<string, Open> = {
  'ONNX Runtime': compile,
  'tfjs cpu': eager,
  'tfjs wasm': (fn, signature) => eager(fn, signature, { backend: 'wasm' }),
};

interface Work {
  name: string;
  fn: TensorFunction;
  signature: Signature;
  feeds: Arrays;
  /** Formats the milliseconds of a run. */
  describe: (ms: number) => string;
  /** Sides for which it is too expensive. */
  without?: readonly string[];
}

function matmul(size: number): Work {
  const { dtype, shape, data } = floats(size, size);
  const signature: Signature = { a: { dtype, shape }, b: { dtype, shape } };
  return {
    name: `matmul ${size} × ${size} × ${size}, float32`,
    fn: ({ a, b }) => ({ c: tf.matMul(a as tf.Tensor2D, b as tf.Tensor2D) }),
    signature,
    feeds: { a: data, b: data },
    describe: (ms) => `${rounded((2 * size ** 3) / ms / 1e6)} GFLOP/s`,
  };
}

function step(batch: number, without: readonly string[] = []): Work {
  const { fn, signature, feeds } = randomStep(1, {
    batch,
    length: [14, 7],
    encoder: bag(256),
    rows: 8 * batch,
    auxiliary: true,
    loss: { kind: 'ohnm-triplet', negatives: 10, margin: 0.3 },
  });
  return {
    name: `step of Module I, ${batch} pairs (${feeds['row']!.length} tokens)`,
    fn,
    signature,
    feeds,
    describe: (ms) => `${rounded(ms)} ms, ${rounded((1000 * batch) / ms)} pairs/s`,
    without,
  };
}

/** A session that has run once, or the reason why there is none. */
async function warm(open: Open, { fn, signature, feeds }: Work): Promise<Session | string> {
  try {
    const session = await open(fn, signature);
    if (open === compile) await session.run(feeds); // the others ran when they were opened
    return session;
  } catch (error) {
    const kernel = /^Kernel '(\w+)' not registered/.exec((error as Error).message)?.[1];
    if (kernel === undefined) throw error;
    return `no kernel ${kernel}`;
  }
}

/** One row of the table. */
async function measure(work: Work): Promise<string[]> {
  const names = Object.keys(sides);
  const opened: (Session | string)[] = [];
  for (const name of names)
    opened.push(work.without?.includes(name) ? 'not run' : await warm(sides[name]!, work));
  const times = names.map((): number[] => []);
  for (let round = 0; round < ROUNDS; round++)
    for (const [i, session] of opened.entries()) {
      if (typeof session === 'string' || total(times[i]!) > ENOUGH) continue;
      const start = performance.now();
      await session.run(work.feeds);
      times[i]!.push(performance.now() - start);
    }
  for (const session of opened) if (typeof session !== 'string') await session[Symbol.asyncDispose]();
  const cells = opened.map((session, i) =>
    typeof session === 'string' ? session : work.describe(median(times[i]!)),
  );
  return [work.name, ...cells];
}

/** To three digits. */
const rounded = (number: number): number => Number(number.toPrecision(3));

const total = (numbers: readonly number[]): number => numbers.reduce((sum, x) => sum + x, 0);

const rows: string[][] = [['', ...Object.keys(sides)]];
for (const work of [matmul(1024), step(16), step(256, ['tfjs cpu'])]) rows.push(await measure(work));

const markdown = `## Engine

\`npm run bench:engine\` on ${machine()}.

${table(rows)}

A step is the bag encoder (256 dimensions, about 14 tokens per text and 7 per label) with auxiliary vectors: loss
and gradients. Sums by segment on \`cpu\` read all numbers once for each segment, which makes the larger step too
long to wait for.`;

console.log(markdown);
await writeSection('engine', markdown);
