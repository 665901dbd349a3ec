/** Gradients by chunks are the gradients of the whole batch. */
import { test } from 'tap';
import type { Batch } from '../../src/sample/batch.js';
import { pack } from '../../src/encode/pack.js';
import type { Encoder } from '../../src/model/encoders/encoder.js';
import { Random } from '../../src/random.js';
import type { Tensors } from '../../src/formats/safetensors.js';
import { toLists } from '../../src/formats/lists.js';
import { Gradients, type Values } from '../../src/train/gradients.js';
import { collectGarbage } from '../collect-garbage.js';
import { distance, largest } from '../engine/agree.js';
import { smallBert } from '../engine/steps.js';

const VOCABULARY = 50;
const loss = { negatives: 4, margin: 0.3, temperature: 0.1 };

function randomBatch(size: number, longest: number): Batch {
  const random = new Random(3);
  const texts = (): number[][] =>
    Array.from({ length: size }, () =>
      Array.from({ length: 1 + random.below(longest) }, () => random.below(VOCABULARY)),
    );
  return {
    epoch: 0,
    step: 0,
    rows: Int32Array.from({ length: size }, (_x, i) => i),
    labels: Int32Array.from({ length: size }, (_x, i) => i),
    tokens: pack(toLists(texts()), toLists(texts())),
    target: Uint8Array.from({ length: size * size }, (_x, i) => (i % (size + 1) === 0 ? 1 : 0)),
    auxiliary: { ids: Int32Array.of(1, 4), row: Int32Array.from({ length: size }, (_x, i) => i % 2) },
  };
}

function randomValues({ dim, dense, tables }: Encoder): Values & { parameters: Tensors } {
  const random = new Random(5);
  const drawn = (shape: readonly number[]) => ({
    shape,
    data: Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => random.next() - 0.5),
  });
  const parameters = {
    ...Object.fromEntries(Object.entries(dense).map(([name, shape]) => [name, drawn(shape)] as const)),
    ...Object.fromEntries(
      Object.entries(tables).map(([name, width]) => [name, drawn([VOCABULARY, width])] as const),
    ),
  };
  return { parameters, auxiliary: drawn([2, dim]).data };
}

const options = { loss, threads: 1, seed: 1 };

test('a batch too large for the memory gets the same gradients by chunks', async (t) => {
  const encoder = smallBert();
  const values = randomValues(encoder);
  const batch = randomBatch(24, 12);
  await using whole = new Gradients({ ...options, encoder });
  await using chunked = new Gradients({ ...options, encoder, memory: 4 * encoder.kept * 100 });
  const expected = await whole.of(batch, values);
  const actual = await chunked.of(batch, values);
  t.equal(whole.compiled, 1);
  t.equal(chunked.compiled, 3, 'encode, loss, backward');
  t.ok(Math.abs(actual.loss - expected.loss) < 1e-6, 'loss');
  t.ok(distance(actual.texts, expected.texts) < 1e-6, 'embeddings');
  t.same(Object.keys(actual.gradients).sort(), Object.keys(expected.gradients).sort());
  for (const [name, gradient] of Object.entries(expected.gradients)) {
    const scale = name.endsWith('key.bias') ? 1 : largest(gradient); // zero but for rounding
    const dim = encoder.tables[name];
    const size = dim === undefined ? gradient.length : batch.tokens.ids.length * dim; // beyond it is filling
    t.ok(distance(actual.gradients[name]!.subarray(0, size), gradient.subarray(0, size), scale) < 1e-4, name);
  }
});

test('dropout is the same when a chunk is encoded again, and depends on the seed alone', async (t) => {
  const encoder = smallBert({ dropout: 0.3, attentionDropout: 0.2 });
  const values = randomValues(encoder);
  const batch = randomBatch(24, 12);
  const run = async (seed: number) => {
    await using gradients = new Gradients({ ...options, encoder, seed, memory: 4 * encoder.kept * 100 });
    const { loss, gradients: all } = await gradients.of(batch, values);
    return { loss, words: all['embeddings.word_embeddings.weight']!.slice() };
  };
  const first = await run(1);
  t.same(await run(1), first);
  t.not((await run(2)).loss, first.loss);

  // By finite differences: only with equal dropout both times does the gradient fit the loss.
  const name = 'encoder.layer.1.output.LayerNorm.bias';
  const step = 1e-2;
  await using gradients = new Gradients({ ...options, encoder, memory: 4 * encoder.kept * 100 });
  const slope = (await gradients.of(batch, values)).gradients[name]![0]!;
  const { parameters, auxiliary } = values;
  const { shape, data } = parameters[name]!;
  const lossAt = async (shift: number) => {
    const moved = data.with(0, data[0]! + shift);
    return (
      await gradients.of(batch, { parameters: { ...parameters, [name]: { shape, data: moved } }, auxiliary })
    ).loss;
  };
  const difference = ((await lossAt(step)) - (await lossAt(-step))) / (2 * step);
  t.ok(Math.abs(difference - slope) < 0.05 * Math.abs(slope), `${difference} and ${slope}`);
});

test('memory does not grow over 1,000 steps', async (t) => {
  const encoder = smallBert({ dim: 96, inner: 384 }); // 1 MB of parameters, and of gradients
  const values = randomValues(encoder);
  const batch = randomBatch(8, 12);
  await using gradients = new Gradients({ ...options, encoder });
  const settled = async (steps: number) => {
    for (let i = 0; i < steps; i++) await gradients.of(batch, values);
    collectGarbage();
    return process.memoryUsage.rss() / 2 ** 20;
  };
  const before = await settled(1000);
  const after = await settled(1000);
  t.equal(gradients.compiled, 1);
  t.ok(after < before + 64, `${before.toFixed(0)} MB, then ${after.toFixed(0)} MB`);
});
