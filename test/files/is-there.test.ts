/** What cannot be read is not taken for absent, wherever an absence has a meaning. */
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { test } from 'tap';
import { tokenize } from '../../operators/tokenize.js';
import { Embedder } from '../../src/encode/embedder.js';
import { createModel, loadModel, saveModel } from '../../src/encode/model-folder.js';
import { openTokenizer } from '../../src/encode/tokenizer.js';
import { exportModel } from '../../src/export/export-model.js';
import { freeBytes } from '../../src/files/free-space.js';
import { isThere } from '../../src/files/is-there.js';
import { openRun } from '../../src/sources/run.js';
import { findNumbered } from '../../src/tables/numbered-formats.js';
import { tinyBert } from '../tiny-bert.js';

const UNREADABLE = { name: 'InputError', message: /: cannot be read: ELOOP/ };

/** Replaces a file by a link to itself, which nobody can follow, not even root. */
function spoil(path: string): string {
  mkdirSync(dirname(path), { recursive: true });
  rmSync(path, { force: true });
  symlinkSync(basename(path), path);
  return path;
}

test('files and folders are there, what is absent is not, and what does not answer is refused', (t) => {
  const dir = t.testdir({ file: '' });
  t.same([dir, join(dir, 'file')].map(isThere), [true, true]);
  t.same([join(dir, 'none'), join(dir, 'file', 'none')].map(isThere), [false, false]);
  t.throws(() => isThere(spoil(join(dir, 'file'))), UNREADABLE);
  t.throws(() => freeBytes(join(dir, 'file', 'run')), UNREADABLE);
  t.end();
});

for (const file of [
  'model.safetensors',
  'model.safetensors.index.json',
  'pytorch_model.bin',
  'modules.json',
  '1_Pooling/config.json',
  'sentence_bert_config.json',
  'sentence_distilbert_config.json',
  'config_sentence_transformers.json',
  'tokenizer.json',
])
  test(`${file} of a Hugging Face folder`, (t) => {
    const folder = tinyBert(join(t.testdir(), 'model'), { tensors: null });
    t.ok(loadModel(folder).initialised);
    spoil(join(folder, file));
    t.throws(() => loadModel(folder), UNREADABLE);
    t.end();
  });

test('a companion of a Hugging Face folder that is saved or exported', (t) => {
  const dir = t.testdir();
  const folder = tinyBert(join(dir, 'model'));
  const { parameters } = loadModel(folder);
  spoil(join(folder, 'special_tokens_map.json'));
  t.throws(() => {
    saveModel(join(dir, 'saved'), { from: folder, maxLength: 12, parameters });
  }, UNREADABLE);
  t.throws(() => {
    exportModel(join(dir, 'exported'), { from: folder });
  }, UNREADABLE);
  t.end();
});

test('the hashed words and the auxiliary vectors of a model', (t) => {
  const model = join(t.testdir(), 'model');
  createModel(model, { dim: 16, maxLength: 8 });
  const words = spoil(join(model, 'words.json'));
  t.throws(() => openTokenizer({ tokenizer: model, maxLength: 8 }), UNREADABLE);
  t.throws(() => {
    saveModel(`${model}-2`, { from: model, maxLength: 8, parameters: {} });
  }, UNREADABLE);
  rmSync(words);
  spoil(join(model, 'auxiliary.npy'));
  t.throws(() => new Embedder({ model, threads: 1 }), UNREADABLE);
  spoil(join(model, 'tokenizer.json'));
  t.throws(() => tokenize({ tokenizer: model }), UNREADABLE);
  t.end();
});

test('a table of a data set, and the classifiers of a run of an earlier version', async (t) => {
  const dir = t.testdir({ model: {}, 'lbl.json': '', 'trn.json': '', 'tst.json': '' });
  writeFileSync(join(dir, 'filter_labels_train.txt'), '');
  spoil(join(dir, 'filter_labels_train.txt.gz'));
  await t.rejects(findNumbered(dir), UNREADABLE);
  spoil(join(dir, 'classifiers.npy'));
  t.throws(() => openRun(dir), UNREADABLE);
});
