/** Exported models give the same vectors in other libraries. */
import { env, pipeline as transformers } from '@huggingface/transformers';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { InferenceSession } from 'onnxruntime-node';
import { test } from 'tap';
import { embed } from '../../operators/embed.js';
import { tokenize } from '../../operators/tokenize.js';
import { exportRun } from '../../pipelines/export.js';
import { pipeline } from '../../src/index.js';
import { encodeModel } from '../../src/engine/onnx.js';
import { graphOf } from '../../src/export/graphs.js';
import { auxiliaryFile, createModel, loadModel, saveModel } from '../../src/encode/model-folder.js';
import { Random } from '../../src/random.js';
import { Matrix } from '../../src/formats/npy.js';
import type { Lists } from '../../src/formats/lists.js';
import { readSafetensors } from '../../src/formats/safetensors.js';
import { refusal } from '../refusal.js';
import { tinyBert, tinyTensors } from '../tiny-bert.js';

env.allowRemoteModels = false;

const TEXTS = ['river music', 'Horse', 'a mirror in the winter garden, by the letters of the doctor'];

/** A finished run with this model and arbitrary label embeddings. */
function finishedRun(dir: string, { from, maxLength }: { from: string; maxLength: number }): string {
  const { config, parameters } = loadModel(from);
  const run = join(dir, 'run');
  mkdirSync(run);
  saveModel(join(run, 'model'), { from, maxLength, parameters });
  using auxiliary = Matrix.create(auxiliaryFile(join(run, 'model')), { dtype: 'float32', cols: config.dim });
  auxiliary.append(new Float32Array(2 * config.dim).fill(0.25));
  auxiliary.finish();
  using labels = Matrix.create(join(run, 'label-embeddings.npy'), { dtype: 'float32', cols: config.dim });
  labels.append(new Float32Array(3 * config.dim).map((_x, i) => i));
  labels.finish();
  return run;
}

async function ourVectors(model: string, maxLength: number): Promise<Float32Array> {
  const batch = { rows: TEXTS.length, columns: { text: TEXTS } };
  const tokens = tokenize<typeof batch>({ tokenizer: model, maxLength, threads: 1 });
  const vectors = embed<typeof batch & { tokens: Lists }>({ model, threads: 1 });
  return (await pipeline([batch], tokens, vectors).first()).embeddings;
}

async function theirVectors(folder: string, pooling: 'mean' | 'cls', texts = TEXTS): Promise<Float32Array> {
  const extract = await transformers('feature-extraction', folder, {
    local_files_only: true,
    dtype: 'fp32',
    device: 'cpu',
  });
  const vectors = (await extract(texts, { pooling, normalize: true })) as { data: Float32Array };
  await extract.dispose();
  return vectors.data;
}

const distance = (a: Float32Array, b: Float32Array): number =>
  a.length === b.length ? a.reduce((most, x, i) => Math.max(most, Math.abs(x - b[i]!)), 0) : Infinity;

/** The default bag with changed parameters. */
function trainedBag(folder: string): string {
  createModel(folder, { maxLength: 32 });
  const { parameters } = loadModel(folder);
  const random = new Random(9);
  for (const name of Object.keys(parameters).filter((name) => name !== 'embedding')) {
    const { data } = parameters[name]!;
    data.forEach((x, i) => (data[i] = x + 0.1 * (random.next() - 0.5)));
  }
  saveModel(folder, { from: folder, maxLength: 32, parameters });
  return folder;
}

const cls = { '1_Pooling/config.json': { pooling_mode_cls_token: true, pooling_mode_mean_tokens: false } };

const models: Record<string, (folder: string) => string> = {
  'a BERT': (folder) => tinyBert(folder, { tensors: tinyTensors('bert', 'bert.') }),
  'a DistilBERT': (folder) => tinyBert(folder, { family: 'distilbert' }),
  'a bag': trainedBag,
  'Universal Sentence Encoder Lite': (folder) => {
    createModel(folder, { encoder: 'use-lite', maxLength: 32 });
    return folder;
  },
};

for (const [what, make] of Object.entries(models))
  test(`${what} gives the same vectors in transformers.js`, async (t) => {
    const dir = t.testdir();
    const run = finishedRun(dir, { from: make(join(dir, 'start')), maxLength: 20 });
    const out = join(dir, 'out');
    const { dim } = loadModel(join(run, 'model')).config;
    t.same(await exportRun({ run, out }), { labels: 3, dim });
    const ours = await ourVectors(join(run, 'model'), 20);
    t.ok(distance(await theirVectors(out, 'mean'), ours) < 1e-4, 'a batch of different lengths');
    const one = await theirVectors(out, 'mean', TEXTS.slice(1, 2));
    t.ok(distance(one, ours.subarray(dim, 2 * dim)) < 1e-4, 'a single text');
  });

test('a model with first-token pooling keeps it in transformers.js', async (t) => {
  const dir = t.testdir();
  const from = tinyBert(join(dir, 'start'), { files: cls });
  const run = finishedRun(dir, { from, maxLength: 20 });
  await exportRun({ run, out: join(dir, 'out') });
  const ours = await ourVectors(join(run, 'model'), 20);
  t.ok(distance(await theirVectors(join(dir, 'out'), 'cls'), ours) < 1e-4);
  t.ok(distance(await theirVectors(join(dir, 'out'), 'mean'), ours) > 1e-2, 'which is not the mean');
});

test('a bag gives the same vector whatever the pooling, and truncates texts at the same token', async (t) => {
  const dir = t.testdir();
  const run = finishedRun(dir, { from: trainedBag(join(dir, 'start')), maxLength: 4 });
  await exportRun({ run, out: join(dir, 'out') });
  const ours = await ourVectors(join(run, 'model'), 4);
  for (const pooling of ['mean', 'cls'] as const)
    t.ok(distance(await theirVectors(join(dir, 'out'), pooling), ours) < 1e-4, pooling);
});

for (const [what, make] of Object.entries(models))
  test(`training can start from an exported ${what}`, async (t) => {
    const dir = t.testdir();
    const run = finishedRun(dir, { from: make(join(dir, 'start')), maxLength: 20 });
    const out = join(dir, 'out');
    await exportRun({ run, out });
    const { config, parameters } = loadModel(join(run, 'model'));
    t.match(loadModel(out), { config, parameters });
    t.notOk(existsSync(auxiliaryFile(out)), 'auxiliary vectors are in the labels');
    const labels = (folder: string, name: string) => readFileSync(join(folder, name));
    t.ok(labels(out, 'labels.npy').equals(labels(run, 'label-embeddings.npy')));
    if (config.encoder !== 'bert') return;
    t.same(readdirSync(out, { recursive: true }).sort(), [
      '1_Pooling',
      '1_Pooling/config.json',
      'config.json',
      'digests.json',
      'labels.npy',
      'model.safetensors',
      'modules.json',
      'onnx',
      'onnx/model.onnx',
      'sentence_bert_config.json',
      'tokenizer.json',
      'tokenizer_config.json',
      'vocab.txt',
    ]);
    t.ok(labels(out, 'config.json').equals(labels(join(dir, 'start'), 'config.json')), 'byte for byte');
    const weights = (folder: string) => Object.entries(readSafetensors(join(folder, 'model.safetensors')));
    t.same(weights(out), weights(join(dir, 'start')), 'names and order are those of the source');
  });

test('the ONNX model takes any number of texts of any length, and uses standard ONNX only', async (t) => {
  const dir = t.testdir();
  for (const [family, inputs] of [
    ['bert', ['input_ids', 'attention_mask', 'token_type_ids']],
    ['distilbert', ['input_ids', 'attention_mask']],
  ] as const) {
    const model = tinyBert(join(dir, family), { family });
    const onnx = encodeModel(graphOf(loadModel(model)));
    t.notMatch(Buffer.from(onnx).toString('latin1'), /com\.microsoft/);
    const session = await InferenceSession.create(onnx);
    const shape = ['batch', 'length'];
    t.match(
      session.inputMetadata,
      inputs.map((name) => ({ name, type: 'int64', shape })),
    );
    t.match(session.outputMetadata, [{ name: 'last_hidden_state', type: 'float32', shape: [...shape, 16] }]);
    await session.release();
  }
});

test('existing files are not overwritten, and nothing is left half-written', async (t) => {
  const dir = t.testdir();
  const out = join(dir, 'out');
  t.match(await refusal(t, exportRun({ run: join(dir, 'run'), out })), /run is not a finished run$/);
  const run = finishedRun(dir, { from: tinyBert(join(dir, 'start')), maxLength: 20 });
  mkdirSync(out);
  writeFileSync(join(out, 'note'), '');
  t.match(await refusal(t, exportRun({ run, out })), /out: already contains note; remove it first$/);
  writeFileSync(join(run, 'model', 'model.safetensors'), 'x');
  const other = join(dir, 'other');
  t.match(await refusal(t, exportRun({ run, out: other })), /model.safetensors: not a safetensors file/);
  t.same(
    readdirSync(dir).filter((name) => name.startsWith('other')),
    [],
  );
});
