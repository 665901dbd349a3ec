/** The training step: the compiled one equals the one that TensorFlow.js runs eagerly. */
import * as tf from '@tensorflow/tfjs';
import * as ort from 'onnxruntime-node';
import { test } from 'tap';
import { compile } from '../../src/engine/compile.js';
import { inputName, outputName } from '../../src/engine/graph.js';
import { load } from '../../src/engine/load.js';
import { trace } from '../../src/engine/trace.js';
import { both, distance, largest } from './agree.js';
import { bag } from '../../src/model/encoders/bag.js';
import { randomStep, smallBert, type StepOptions } from './steps.js';

tf.enableProdMode();

const steps: Record<string, StepOptions> = {
  'with auxiliary vectors': { batch: 8, length: [5, 3], rows: 60, auxiliary: true },
  'without auxiliary vectors': { batch: 8, length: [5, 3], rows: 60, auxiliary: false },
  'with weights over the violators': {
    batch: 12,
    length: [6, 2],
    encoder: bag(8),
    rows: 30,
    auxiliary: true,
    loss: { kind: 'ohnm-triplet', negatives: 5, margin: 0.3, temperature: 0.1 },
  },
  'of one pair': {
    batch: 1,
    length: [4, 4],
    encoder: bag(4),
    rows: 10,
    auxiliary: true,
    loss: { kind: 'ohnm-triplet', negatives: 1, margin: 0.3 },
  },
  'where gradients are summed sorted': {
    batch: 16,
    length: [14, 7],
    encoder: bag(256),
    rows: 40,
    auxiliary: true,
  },
  'of BERT': { batch: 10, length: [7, 3], encoder: smallBert(), rows: 30, auxiliary: true },
  'of BERT by its first token, with dropout': {
    batch: 9,
    length: [5, 3],
    encoder: smallBert({ pooling: 'cls', dropout: 0.2, attentionDropout: 0.1 }),
    rows: 20,
    auxiliary: false,
  },
  'of DistilBERT': {
    batch: 6,
    length: [4, 4],
    encoder: smallBert({ family: 'distilbert', prefix: 'distilbert.', types: 0 }),
    rows: 20,
    auxiliary: false,
    loss: { kind: 'ohnm-triplet', negatives: 4, margin: 0.3, temperature: 0.1 },
  },
};

for (const [what, options] of Object.entries(steps))
  test(`a step ${what}: compiled and eager agree`, async (t) => {
    const { encoder, signature, feeds, fn } = randomStep(1, options);
    t.ok(feeds['text']!.includes(2 * options.batch), 'there are tokens that belong to no text');
    const { compiled, expected } = await both(t, fn, { signature, feeds });

    const loss = expected['loss']![0]!;
    t.ok(Math.abs(compiled['loss']![0]! - loss) < 1e-6, `loss ${loss}`);
    t.ok(distance(compiled['kept/texts']!, expected['kept/texts']!) < 1e-6, 'embeddings');
    const gradients = Object.keys(expected).filter((name) => /^gradient\//.test(name));
    const { dense, tables } = encoder;
    const trained = Object.keys({ ...dense, ...tables, ...(options.auxiliary && { auxiliary: 0 }) });
    t.same(
      gradients,
      trained.map((name) => `gradient/${name}`),
    );
    for (const name of gradients) {
      const gradient = expected[name]!;
      // The key's bias shifts all scores of a query equally: its true gradient is zero, the rest is rounding.
      if (/(key|k_lin)\.bias$/.test(name)) {
        t.ok(largest(compiled[name]!) < 1e-6, name);
        continue;
      }
      const scale = largest(gradient);
      t.ok(scale > 0 || options.batch === 1, `${name} is not zero`);
      t.ok(distance(compiled[name]!, gradient, scale || 1) < 1e-4, name);
    }
  });

test('padding has no gradient', async (t) => {
  const { signature, feeds, fn } = randomStep(2, steps['with auxiliary vectors']!);
  const filling = feeds['text']!.indexOf(16);
  const row = feeds['row']!.map((id) => (id === 59 ? 0 : id)).fill(59, filling);
  const { compiled } = await both(t, fn, { signature, feeds: { ...feeds, row } });
  t.equal(largest(compiled['gradient/embedding']!.subarray(59 * 16)), 0);
});

test('a step with standard ONNX products only, as on WebGPU, gives the same result', async (t) => {
  const encoder = smallBert({ dropout: 0.2, attentionDropout: 0.1 });
  const { signature, feeds, fn } = randomStep(1, {
    batch: 6,
    length: [5, 3],
    rows: 20,
    auxiliary: false,
    encoder,
  });
  await using usual = await compile(fn, signature);
  const expected = await usual.run(feeds);

  const graph = trace(fn, signature, { standardProducts: true }).finish();
  t.notOk(graph.nodes.some(({ op }) => op === 'FusedMatMul'));
  const session = await load(graph, { device: 'cpu' });
  const tensors = Object.entries(signature).map(
    ([name, { dtype, shape }]) => [inputName(name), new ort.Tensor(dtype, feeds[name]!, shape)] as const,
  );
  const actual = await session.run(Object.fromEntries(tensors));
  for (const [name, values] of Object.entries(expected))
    t.ok(distance(actual[outputName(name)]!.data as Float32Array, values, largest(values)) < 1e-4, name);
  await session.release();
});
