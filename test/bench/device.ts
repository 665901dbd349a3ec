/**
 * Training steps on a GPU: do they equal the CPU's, and how fast are they compared with PyTorch's on the same GPU: `npm run bench:device`, or
 * `npm run bench:device -- DEVICE` for a single device.
 */
import * as tf from '@tensorflow/tfjs';
import { availableParallelism } from 'node:os';
import { chooseDevice, type Device } from '../../src/engine/device.js';
import { gpu, PyTorch, pythonWithTorch, type Job } from './pytorch.js';
import { machine, median, table, writeSection } from './results.js';
import { encoderOf, OurStep, padded, type Shape } from './transformer.js';

tf.enableProdMode();

const ROUNDS = 10;
/** Threads of the CPU's side. */
const THREADS = availableParallelism();
/** Steps whose losses are compared. */
const COMPARED = 3;
const PAIRS = 128;
const LENGTH = 32;
const shapes: Record<string, Shape> = {
  'MiniLM-L6 (6 × 384)': { layers: 6, dim: 384 },
  'DistilBERT (6 × 768)': { layers: 6, dim: 768 },
};

async function milliseconds(run: () => Promise<unknown>, rounds: number): Promise<number> {
  await run(); // the first compiles
  await run();
  const times: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const start = performance.now();
    await run();
    times.push(performance.now() - start);
  }
  return median(times);
}

/** The largest difference of two arrays, relative to the largest of all values of `expected`. */
function difference(actual: Float32Array, expected: Float32Array): number {
  const scale = expected.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
  return actual.reduce((worst, x, i) => Math.max(worst, Math.abs(x - expected[i]!)), 0) / scale;
}

/** The largest difference of losses over some steps, and of the gradients of any one parameter in the first. */
async function compare(here: OurStep, there: OurStep): Promise<{ loss: number; gradient: number }> {
  let [loss, gradient] = [0, 0];
  for (let step = 0; step < COMPARED; step++) {
    const [expected, actual] = [await here.run(), await there.run()];
    loss = Math.max(loss, Math.abs(actual.loss - expected.loss));
    if (step > 0) continue;
    await there.copyBack();
    for (const [name, { m }] of Object.entries(here.moving)) {
      // A key's bias shifts all scores of a query alike, so its true gradient is zero.
      if (name.endsWith('key.bias')) continue;
      // The first moment of the first step is a tenth of the gradient.
      gradient = Math.max(gradient, difference(there.moving[name]!.m, m));
    }
  }
  return { loss, gradient };
}

/** PyTorch's steps on the same GPU, with float32 or (`tf32`) TensorFloat-32 products. */
async function theirs(python: string, job: Job): Promise<number> {
  using torch = new PyTorch(python, job);
  return await milliseconds(() => torch.run('step'), ROUNDS);
}

const asked = process.argv[2] as Device | undefined;
const { device, why } = chooseDevice(asked ?? 'auto');
console.log(`device ${device}: ${why}`);
if (device === 'cpu') process.exit();

const python = pythonWithTorch();
const rows = [['', device, 'CPU', 'PyTorch', 'PyTorch, TF32', 'difference of loss', 'of gradients']];
for (const [name, shape] of Object.entries(shapes)) {
  const pairs = padded(PAIRS, LENGTH);
  await using here = new OurStep(shape, pairs, { memory: 2 ** 33, threads: THREADS });
  await using there = new OurStep(shape, pairs, { device });
  const { loss, gradient } = await compare(here, there);
  const times: (number | undefined)[] = [await milliseconds(() => there.run(), ROUNDS)];
  times.push(await milliseconds(() => here.run(), 3));
  for (const tf32 of [false, true]) {
    const job: Job = { encoder: encoderOf(shape), device: 'cuda', tf32, ...pairs };
    times.push(python === undefined ? undefined : await theirs(python, job));
  }
  const cells = times.map((ms) => (ms === undefined ? '–' : `${ms.toFixed(1)} ms`));
  rows.push([name, ...cells, loss.toExponential(1), gradient.toExponential(1)]);
  console.log(rows.at(-1)!.join(' | '));
}

await writeSection(
  'device',
  `## Transformer steps on a GPU

\`npm run bench:device\` on ${machine()}, the CPU with ${THREADS} threads${python === undefined ? '' : `; PyTorch on ${gpu(python)}`}. Forward,
backward and AdamW of Module I on ${PAIRS} pairs of ${LENGTH} tokens per text and per label; shapes are layers × dimensions. The last
columns are the largest differences from the CPU: of the loss over ${COMPARED} steps, and of any number of a gradient,
relative to the largest of its parameter.

${table(rows)}
`,
);
