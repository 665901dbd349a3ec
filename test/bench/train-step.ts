/**
 * Training steps and encoding with transformers, beside PyTorch's where a Python has it: `npm run bench:train-step`.
 * The sides take turns; a number is the median of a side's rounds, a ratio that of the medians.
 */
import * as tf from '@tensorflow/tfjs';
import { existsSync, rmSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { readParquet } from '../../operators/read-parquet.js';
import { take } from '../../operators/take.js';
import { tokenize } from '../../operators/tokenize.js';
import { prepareWordnet } from '../../pipelines/prepare-wordnet.js';
import { compile } from '../../src/engine/compile.js';
import { Room } from '../../src/engine/room.js';
import { pipeline } from '../../src/index.js';
import { pack } from '../../src/encode/pack.js';
import { createModel } from '../../src/encode/model-folder.js';
import { openDataset } from '../../src/store/dataset.js';
import { listAt, toLists } from '../../src/formats/lists.js';
import { arrange, roomFor } from '../../src/encode/arrange.js';
import { denseFeeds, rowsOf, tableFeeds } from '../../src/encode/feeds.js';
import { encodeStep } from '../../src/train/step.js';
import { textArrays } from '../../src/encode/texts.js';
import { machine, median, table, writeSection } from './results.js';
import { PyTorch, pythonWithTorch, type Job } from './pytorch.js';
import {
  BASE,
  encoderOf,
  ours,
  OurStep,
  padded,
  randomParameters,
  SMALL,
  THREADS,
  type Pairs,
  type Shape,
  type Side,
} from './transformer.js';

tf.enableProdMode();

const ROUNDS = 5;
/** Between two sides, in ms: spinning threads of one must not slow down the next. */
const PAUSE = 400;
/** Enough memory for every batch here without chunks, as in PyTorch. */
const UNCHUNKED = { memory: 2 ** 31 };
const DATA = 'data/wordnet';

async function ourEncoding(model: Shape, { texts, labels }: Pairs): Promise<Side> {
  const encoder = ours(model);
  const parameters = randomParameters(encoder);
  const packed = pack(toLists(texts), toLists(labels));
  const room = new Room();
  const layout = arrange(packed, encoder, room);
  const shape = {
    texts: packed.offsets.length - 1,
    width: layout.width,
    sequences: roomFor(layout, room),
    rows: rowsOf(encoder, packed.ids.length, room),
  };
  const { signature, fn } = encodeStep(encoder, shape);
  const session = await compile(fn, signature, { threads: THREADS });
  return {
    run: () =>
      session.run({
        ...textArrays(packed, layout, shape),
        ...denseFeeds(encoder, parameters),
        ...tableFeeds(encoder, packed, parameters, shape),
      }),
    [Symbol.asyncDispose]: () => session[Symbol.asyncDispose](),
  };
}

/** PyTorch with the kernels that OpenBLAS chooses, and with those for AVX-512. */
function peers(python: string, job: Job, what: 'step' | 'encode'): Side[] {
  return [{}, { OPENBLAS_CORETYPE: 'SkylakeX' }].map((env) => {
    const torch = new PyTorch(python, job, env);
    return {
      run: () => torch.run(what),
      [Symbol.asyncDispose]: async () => {
        torch[Symbol.dispose]();
      },
    };
  });
}

/** Median milliseconds of each side; the first round of each does not count. */
async function alternate(sides: readonly Side[]): Promise<number[]> {
  const times = sides.map((): number[] => []);
  for (let round = 0; round <= ROUNDS; round++)
    for (const [i, side] of sides.entries()) {
      await setTimeout(PAUSE);
      const start = performance.now();
      await side.run();
      if (round > 0) times[i]!.push(performance.now() - start);
    }
  for (const side of sides) await side[Symbol.asyncDispose]();
  return times.map(median);
}

/** Products of two 1024 × 1024 matrices, the machine's own rate; `times` are the milliseconds of each. */
async function ourMatmul(): Promise<Side & { times: number[] }> {
  const spec = { dtype: 'float32', shape: [1024, 1024] } as const;
  const a = Float32Array.from({ length: 1024 * 1024 }, (_x, i) => Math.sin(i));
  const session = await compile(({ a }) => ({ c: tf.matMul(a!, a!) }), { a: spec }, { threads: THREADS });
  const times: number[] = [];
  return {
    times,
    run: async () => {
      for (let i = 0; i < 20; i++) {
        const start = performance.now();
        await session.run({ a });
        times.push(performance.now() - start);
      }
    },
    [Symbol.asyncDispose]: () => session[Symbol.asyncDispose](),
  };
}

/** Useful floating-point operations of a step: 6 per weight and real token, and those of attention. */
function work({ layers, dim }: Shape, { texts, labels }: Pairs): number {
  const weights = layers * (4 * dim * dim + 2 * dim * 4 * dim);
  return [...texts, ...labels].reduce(
    (sum, { length }) => sum + 6 * weights * length + 12 * layers * dim * length * length,
    0,
  );
}

/** The first training texts of WordNet with the text of their first label, as tokens. */
async function wordnet(pairs: number, maxLength: number): Promise<Pairs> {
  if (!existsSync(DATA)) await prepareWordnet({ out: DATA });
  const { paths } = await openDataset(DATA);
  const folder = 'runs/bench-tokenizer';
  createModel(folder, { maxLength });
  const texts: number[][] = [];
  const labels: number[] = [];
  const first = pipeline(
    paths.train,
    readParquet({ columns: { text: 'string', labels: 'int32[]' } }),
    take({ rows: pairs }),
    tokenize({ tokenizer: folder, maxLength }),
  );
  for await (const { columns, tokens } of first.run())
    columns.text.forEach((_text, i) => {
      texts.push([...listAt(tokens, i)]);
      labels.push(listAt(columns.labels, i)[0]!);
    });
  const byLabel = new Map<number, number[]>();
  const wanted = new Set(labels);
  let row = 0;
  const all = pipeline(
    paths.labels,
    readParquet({ columns: { text: 'string' } }),
    tokenize({ tokenizer: folder, maxLength }),
  );
  for await (const { columns, tokens } of all.run())
    columns.text.forEach((_text, i) => {
      if (wanted.has(row)) byLabel.set(row, [...listAt(tokens, i)]);
      row++;
    });
  rmSync(folder, { recursive: true });
  return { texts, labels: labels.map((label) => byLabel.get(label)!) };
}

const python = pythonWithTorch();
const real = await wordnet(256, 32);
const mean = [...real.texts, ...real.labels].reduce((sum, { length }) => sum + length, 0) / 512;
const jobs: { name: string; shape: Shape; batch: Pairs }[] = [
  { name: '3 × 384, 64 pairs × 16, padded alike', shape: SMALL, batch: padded(64, 16) },
  { name: '3 × 384, 128 pairs × 32, padded alike', shape: SMALL, batch: padded(128, 32) },
  { name: '6 × 768, 32 pairs × 32, padded alike', shape: BASE, batch: padded(32, 32) },
  { name: '3 × 384, 256 pairs of WordNet, each its own way', shape: SMALL, batch: real },
];

const format = (x: number, digits = 0): string => x.toFixed(digits);
const rows: string[][] = [['', 'dexa', 'PyTorch', 'PyTorch, SkylakeX', 'ratio', 'of the matmul rate']];
for (const { name, shape, batch } of jobs) {
  const torch = python === undefined ? [] : peers(python, { encoder: encoderOf(shape), ...batch }, 'step');
  const matmul = await ourMatmul();
  const [, own, ...theirs] = await alternate([matmul, new OurStep(shape, batch, UNCHUNKED), ...torch]);
  const rate = (2 * 1024 ** 3) / median(matmul.times); // of single products: one that was disturbed does not count
  const pairs = (ms: number): string => `${format((1000 * batch.texts.length) / ms, 1)} pairs/s`;
  const cells = ['–', '–'].map((none, i) => (theirs[i] === undefined ? none : pairs(theirs[i])));
  const ratio = theirs.length === 0 ? '–' : `${format(Math.min(...theirs) / own!, 2)} ×`;
  rows.push([name, pairs(own!), ...cells, ratio, format(work(shape, batch) / own! / rate, 2)]);
  console.log(rows.at(-1)!.join(' | '));
}

const encodings: string[][] = [['', 'dexa', 'PyTorch', 'PyTorch, SkylakeX', 'ratio']];
{
  const torch = python === undefined ? [] : peers(python, { encoder: encoderOf(SMALL), ...real }, 'encode');
  const [own, ...theirs] = await alternate([await ourEncoding(SMALL, real), ...torch]);
  const rate = (ms: number): string => `${format((1000 * 512) / ms)} texts/s`;
  const cells = ['–', '–'].map((none, i) => (theirs[i] === undefined ? none : rate(theirs[i])));
  const ratio = theirs.length === 0 ? '–' : `${format(Math.min(...theirs) / own!, 2)} ×`;
  encodings.push(['3 × 384, 512 texts of WordNet', rate(own!), ...cells, ratio]);
  console.log(encodings.at(-1)!.join(' | '));
}

const lengths = [32, 64, 128];
const batches: Pairs[] = [];
for (const length of lengths) batches.push(await wordnet(256, length));
const steps = await alternate(batches.map((batch) => new OurStep(SMALL, batch, UNCHUNKED)));
const encoded = await alternate(await Promise.all(batches.map((batch) => ourEncoding(SMALL, batch))));
const byLength = [
  ['at most so many tokens', 'longest text', 'training', 'encoding'],
  ...lengths.map((length, i) => [
    `${length}`,
    `${Math.max(...[...batches[i]!.texts, ...batches[i]!.labels].map((text) => text.length))}`,
    `${format((1000 * 512) / steps[i]!)} texts/s`,
    `${format((1000 * 512) / encoded[i]!)} texts/s`,
  ]),
];
console.log(byLength.map((row) => row.join(' | ')).join('\n'));

await writeSection(
  'train-step',
  `## Transformer steps

\`npm run bench:train-step\` on ${machine()}${python === undefined ? ', without PyTorch' : ''}. Forward, backward and AdamW
of Module I, ${THREADS} threads on each side; shapes are layers × dimensions. PyTorch is Debian's with OpenBLAS, with the
kernels that it chooses and with \`OPENBLAS_CORETYPE=SkylakeX\`; the ratio is to the faster of the two. The last column is
the rate of useful operations (of real tokens), relative to a product of two 1024 × 1024 matrices in the same run.

${table(rows)}

Encoding (inference); PyTorch sorts the texts by length and pads batches of 32 alike, as sentence-transformers does:

${table(encodings)}

256 pairs of WordNet (${format(mean, 1)} tokens per text), 3 × 384, by the length to which texts are cut:

${table(byLength)}
`,
);
