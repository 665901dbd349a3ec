import * as tf from '@tensorflow/tfjs';
import { test } from 'tap';
import { layOut } from '../../../src/encode/sequences.js';
import { BLOCK, blocksOf } from '../../../src/model/layers/blocks.js';
import { Random } from '../../../src/random.js';
import { compile } from '../../../src/engine/compile.js';
import { encodeStep } from '../../../src/train/step.js';
import { textArrays } from '../../../src/encode/texts.js';
import { distance } from '../../engine/agree.js';
import { smallBert } from '../../engine/steps.js';

tf.enableProdMode();

const WORDS = 'embeddings.word_embeddings.weight';
const VOCABULARY = 40;

const encoder = smallBert({ prefix: 'bert.', positions: 64 });
const random = new Random(1);
const parameters = Object.fromEntries([
  ...Object.entries(encoder.dense).map(([name, shape]) => {
    const size = shape.reduce((a, b) => a * b, 1);
    return [`p/${name}`, Float32Array.from({ length: size }, () => random.next() - 0.5)] as const;
  }),
  [
    `rows/bert.${WORDS}`,
    Float32Array.from({ length: VOCABULARY * encoder.dim }, () => random.next() - 0.5),
  ] as const,
]);

/** Embeddings of texts laid out in sequences of `width`. */
async function embed(texts: readonly number[][], width: number): Promise<Float32Array> {
  const offsets = new Int32Array(texts.length + 1);
  texts.forEach((text, i) => (offsets[i + 1] = offsets[i]! + text.length));
  const layout = layOut(offsets, width);
  const shape = { texts: texts.length, width, sequences: layout.sequences + 1 };
  const { signature, fn } = encodeStep(encoder, { ...shape, rows: { [`bert.${WORDS}`]: VOCABULARY } });
  await using session = await compile(fn, signature);
  const row = Int32Array.from(texts.flat());
  const { embeddings } = await session.run({
    ...parameters,
    ...textArrays({ row, offsets }, layout, shape),
  });
  return (embeddings as Float32Array).slice();
}

const text = (length: number): number[] => Array.from({ length }, () => random.below(VOCABULARY));

test('a text has the same embedding whatever its neighbours in the sequence', async (t) => {
  const texts = [7, 3, 12, 1, 5, 9].map(text);
  const together = await embed(texts, 16);
  t.ok(distance(await embed(texts, 40), together) < 1e-5, 'whatever the width of the sequences');
  for (const [i, each] of texts.entries()) {
    const own = together.subarray(i * encoder.dim, (i + 1) * encoder.dim);
    t.ok(distance(await embed([each], 16), own) < 1e-5, `text ${i} alone`);
  }
});

test('a large batch goes through the layers in blocks, with the same result', async (t) => {
  const texts = Array.from({ length: 700 }, () => text(1 + random.below(16)));
  t.ok(blocksOf(Math.ceil(texts.flat().length / 16), 16, BLOCK).length > 1);
  const whole = await embed(texts, 16);
  const [first, rest] = [await embed(texts.slice(0, 200), 16), await embed(texts.slice(200), 16)];
  t.ok(distance(whole, [...first, ...rest]) < 1e-5);
});

test('blocks cover all sequences once and have equal sizes', async (t) => {
  for (const sequences of [1, 64, 65, 193, 1000]) {
    const blocks = blocksOf(sequences, 32, BLOCK);
    t.equal(
      blocks.reduce((sum, { size }) => sum + size, 0),
      sequences,
    );
    let next = 0;
    for (const { first, size } of blocks) {
      t.equal(first, next);
      next += size;
    }
  }
});
