/** Gradients by chunks equal the gradients of the complete batch. */
import { test } from 'tap';
import { Room } from '../../src/engine/room.js';
import type { PairBatch } from '../../src/sample/pairs.js';
import { pack } from '../../src/encode/pack.js';
import type { Encoder } from '../../src/model/encoders/encoder.js';
import type { Rule } from '../../src/model/optimisers/rule.js';
import { Random } from '../../src/random.js';
import type { Tensors } from '../../src/formats/safetensors.js';
import { toLists } from '../../src/formats/lists.js';
import { encoderParameters } from '../../src/train/encoder-parameters.js';
import { Gradients, type BatchValues, type GradientsOptions } from '../../src/train/gradients.js';
import { pairInputs, pairLoss } from '../../src/train/objectives/pairs.js';
import { collectGarbage } from '../collect-garbage.js';
import { distance, largest } from '../engine/agree.js';
import { smallBert } from '../engine/steps.js';

const VOCABULARY = 50;
const loss = { kind: 'ohnm-triplet', negatives: 4, margin: 0.3, temperature: 0.1 } as const;

function randomBatch(size: number, longest: number): PairBatch {
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

interface Values {
  parameters: Tensors;
  auxiliary: Float32Array;
}

function randomValues({ dim, dense, tables }: Encoder): Values {
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

const rule: Rule = { schedule: { kind: 'linear', rate: 1e-3, warmup: 0, steps: 10 } };

/** Module I's loss, with auxiliary vectors in memory. */
function open(encoder: Encoder, { parameters, auxiliary }: Values, given: Partial<GradientsOptions> = {}) {
  const objective = {
    parameters: {
      ...encoderParameters(encoder, parameters, rule),
      auxiliary: { at: 'table', shape: [2, encoder.dim], data: auxiliary, rule },
    },
    texts: { encoder },
    loss: pairLoss(loss),
  } as const;
  return new Gradients({ objective, threads: 1, seed: 1, room: new Room(), ...given });
}

/** A batch, as prepared by Module I. */
function valuesOf(batch: PairBatch, { auxiliary }: Values): BatchValues {
  const { epoch, step, tokens, rows } = batch;
  const filled = new Float32Array((rows.length * auxiliary.length) / 2);
  filled.set(auxiliary);
  return { epoch, step, tokens, inputs: pairInputs(batch), rows: { auxiliary: filled } };
}

test('a batch too large for the memory has the same gradients by chunks', async (t) => {
  const encoder = smallBert();
  const values = randomValues(encoder);
  const batch = randomBatch(24, 12);
  await using whole = open(encoder, values);
  await using chunked = open(encoder, values, { memory: 4 * encoder.kept * 100 });
  const expected = await whole.of(valuesOf(batch, values));
  const actual = await chunked.of(valuesOf(batch, values));
  t.equal(whole.compiled, 1);
  t.equal(chunked.compiled, 3, 'encode, loss, backward');
  t.ok(Math.abs(actual.loss - expected.loss) < 1e-6, 'loss');
  t.ok(distance(actual.kept['texts']!, expected.kept['texts']!) < 1e-6, 'embeddings');
  t.same(Object.keys(actual.gradients).sort(), Object.keys(expected.gradients).sort());
  for (const [name, gradient] of Object.entries(expected.gradients)) {
    const scale = name.endsWith('key.bias') ? 1 : largest(gradient); // zero except for rounding
    const dim = encoder.tables[name];
    const size = dim === undefined ? gradient.length : batch.tokens.ids.length * dim; // the rest is padding
    t.ok(distance(actual.gradients[name]!.subarray(0, size), gradient.subarray(0, size), scale) < 1e-4, name);
  }
});

test('dropout is the same when a chunk is encoded again, and depends on the seed alone', async (t) => {
  const encoder = smallBert({ dropout: 0.3, attentionDropout: 0.2 });
  const values = randomValues(encoder);
  const batch = randomBatch(24, 12);
  const run = async (seed: number) => {
    await using gradients = open(encoder, values, { seed, memory: 4 * encoder.kept * 100 });
    const { loss, gradients: all } = await gradients.of(valuesOf(batch, values));
    return { loss, words: all['embeddings.word_embeddings.weight']!.slice() };
  };
  const first = await run(1);
  t.same(await run(1), first);
  t.not((await run(2)).loss, first.loss);

  // By finite differences: the gradient fits the loss only if dropout is the same in both passes.
  const name = 'encoder.layer.1.output.LayerNorm.bias';
  const step = 1e-2;
  const memory = 4 * encoder.kept * 100;
  await using gradients = open(encoder, values, { memory });
  const slope = (await gradients.of(valuesOf(batch, values))).gradients[name]![0]!;
  const { shape, data } = values.parameters[name]!;
  const lossAt = async (shift: number) => {
    const moved = { shape, data: data.with(0, data[0]! + shift) };
    const parameters = { ...values.parameters, [name]: moved };
    await using there = open(encoder, { ...values, parameters }, { memory });
    return (await there.of(valuesOf(batch, values))).loss;
  };
  const difference = ((await lossAt(step)) - (await lossAt(-step))) / (2 * step);
  t.ok(Math.abs(difference - slope) < 0.05 * Math.abs(slope), `${difference} and ${slope}`);
});

test('memory does not grow over 1,000 steps', async (t) => {
  const encoder = smallBert({ dim: 96, inner: 384 }); // 1 MB of parameters, and of gradients
  const values = randomValues(encoder);
  const batch = randomBatch(8, 12);
  await using gradients = open(encoder, values);
  const settled = async (steps: number) => {
    for (let i = 0; i < steps; i++) await gradients.of(valuesOf(batch, values));
    collectGarbage();
    return process.memoryUsage.rss() / 2 ** 20;
  };
  const before = await settled(1000);
  const after = await settled(1000);
  t.equal(gradients.compiled, 1);
  t.ok(after < before + 64, `${before.toFixed(0)} MB, then ${after.toFixed(0)} MB`);
});
