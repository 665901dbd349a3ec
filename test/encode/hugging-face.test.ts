/** Local folders of the BERT family: what is read from them, what is refused, and that they are saved unchanged. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type Test } from 'tap';
import { auxiliaryFile, loadModel, readConfig, saveModel } from '../../src/encode/model-folder.js';
import { openTokenizer } from '../../src/encode/tokenizer.js';
import { readEntries, readOpaque, readSafetensors, writeSafetensors } from '../../src/formats/safetensors.js';
import { InputError } from '../../src/errors.js';
import { tinyBert, tinyTensors, VOCABULARY, type TinyBertOptions } from '../tiny-bert.js';

/** As stored in the file. */
const values = (path: string): Buffer => {
  const file = readFileSync(path);
  return file.subarray(8 + Number(file.readBigUInt64LE()));
};

const POOLER = { 'pooler.dense.weight': { shape: [2, 2], data: Float32Array.of(1, 2, 3, 4) } };
const IDS = { dtype: 'I64', shape: [1, 2], data: new Uint8Array(BigInt64Array.of(0n, 1n).buffer) };
const flags = (mode: string) => ({ pooling_mode_mean_tokens: false, [`pooling_mode_${mode}`]: true });

test('a BERT is read: configuration, pooling, length and every tensor', async (t) => {
  const folder = tinyBert(join(t.testdir(), 'bert'), {
    tensors: { ...tinyTensors('bert', 'bert.'), ...POOLER },
    config: { layer_norm_eps: 1e-5, hidden_dropout_prob: 0 },
    files: {
      '1_Pooling/config.json': flags('cls_token'),
      'sentence_bert_config.json': { max_seq_length: 20 },
    },
  });
  const { config, parameters, initialised } = loadModel(folder);
  t.same(config, {
    encoder: 'bert',
    dim: 16,
    maxLength: 20,
    bert: {
      family: 'bert',
      prefix: 'bert.',
      dim: 16,
      layers: 2,
      heads: 4,
      inner: 32,
      positions: 24,
      types: 2,
      epsilon: 1e-5,
      dropout: 0,
      attentionDropout: 0.1,
      pooling: 'cls',
    },
  });
  t.same(parameters, { ...tinyTensors('bert', 'bert.'), ...POOLER });
  t.equal(initialised, false);
});

test('a DistilBERT is read; it has no token types', async (t) => {
  const folder = tinyBert(join(t.testdir(), 'distilbert'), { family: 'distilbert' });
  const { config, parameters } = loadModel(folder);
  t.match(config, {
    maxLength: 24,
    bert: { family: 'distilbert', prefix: '', heads: 2, types: 0, epsilon: 1e-12, pooling: 'mean' },
  });
  t.same(parameters, tinyTensors('distilbert'));
});

test('weights may be in shards', async (t) => {
  const folder = tinyBert(join(t.testdir(), 'shards'), { tensors: null });
  const tensors = tinyTensors('bert');
  const names = Object.keys(tensors);
  const fileOf = (name: string) => `model-0000${1 + (names.indexOf(name) % 2)}-of-00002.safetensors`;
  for (const file of new Set(names.map(fileOf)))
    writeSafetensors(
      join(folder, file),
      Object.fromEntries(Object.entries(tensors).filter(([name]) => fileOf(name) === file)),
    );
  const weight_map = Object.fromEntries(names.map((name) => [name, fileOf(name)]));
  const index = join(folder, 'model.safetensors.index.json');
  writeFileSync(index, JSON.stringify({ metadata: {}, weight_map }));
  const { parameters } = loadModel(folder);
  t.same(parameters, tensors);
  const saved = join(t.testdirName, 'saved');
  saveModel(saved, { from: folder, maxLength: 24, parameters });
  t.same(Object.entries(readSafetensors(join(saved, 'model.safetensors'))), Object.entries(tensors));

  writeFileSync(index, JSON.stringify({ weight_map: { ...weight_map, extra: fileOf(names[0]!) } }));
  t.throws(() => loadModel(folder), {
    message: /model-00001-of-00002.safetensors: tensor extra is missing$/,
  });

  const outside = join(t.testdirName, 'outside.safetensors');
  writeSafetensors(outside, { extra: { shape: [1], data: Float32Array.of(1) } });
  for (const place of ['../outside.safetensors', outside, 'config.json']) {
    writeFileSync(index, JSON.stringify({ weight_map: { ...weight_map, extra: place } }));
    t.throws(() => loadModel(folder), {
      message: /weight_map.extra: expected the name of a .safetensors file, got/,
    });
  }
});

test('an impossibly large encoder is refused before anything is allocated', async (t) => {
  const config = { vocab_size: 2 ** 20, hidden_size: 2 ** 16, num_attention_heads: 1 };
  const folder = tinyBert(join(t.testdir(), 'huge'), { tensors: null, config });
  t.throws(() => loadModel(folder), { message: /config.json: an encoder of \d+ values is too large$/ });
});

test('16-bit floats are read as float32', async (t) => {
  const bits = (...of: number[]) => ({
    shape: [of.length],
    data: new Uint8Array(Uint16Array.from(of).buffer),
  });
  const path = join(t.testdir(), 'half.safetensors');
  writeSafetensors(path, {
    half: { dtype: 'F16', ...bits(0x3c00, 0xc000, 0x0001, 0x7bff, 0x8000, 0x7c00, 0x3555) },
    brain: { dtype: 'BF16', ...bits(0x3f80, 0xc000, 0x7f80, 0x3eab) },
  });
  const { half, brain } = readSafetensors(path);
  t.same(half!.data, Float32Array.of(1, -2, 2 ** -24, 65504, -0, Infinity, 0.333251953125));
  t.same(brain!.data, Float32Array.of(1, -2, Infinity, 0.333984375));
});

test('a folder without weights gets random ones, the same under a seed', async (t) => {
  const folder = tinyBert(join(t.testdir(), 'none'), { tensors: null, config: { initializer_range: 0.5 } });
  const { parameters, initialised } = loadModel(folder, { seed: 3 });
  t.equal(initialised, true);
  t.same(loadModel(folder, { seed: 3 }).parameters, parameters);
  t.notSame(loadModel(folder, { seed: 4 }).parameters, parameters);
  const words = parameters['embeddings.word_embeddings.weight']!;
  t.same(words.shape, [VOCABULARY, 16]);
  const deviation = Math.sqrt(words.data.reduce((sum, x) => sum + x * x, 0) / words.data.length);
  t.ok(Math.abs(deviation - 0.5) < 0.05, `deviation ${deviation}`);
  t.ok(parameters['embeddings.LayerNorm.weight']!.data.every((x) => x === 1));
  t.ok(parameters['encoder.layer.0.output.dense.bias']!.data.every((x) => x === 0));

  const saved = join(t.testdirName, 'saved');
  saveModel(saved, { from: folder, maxLength: 24, parameters });
  t.match(loadModel(saved), { initialised: false, parameters });
});

test('a saved model equals its source, file by file', async (t) => {
  const dir = t.testdir();
  const folder = tinyBert(join(dir, 'source'), {
    tensors: { ...POOLER, ...tinyTensors('bert', 'bert.'), 'bert.embeddings.position_ids': IDS },
    config: { architectures: ['BertModel'], unheard_of: [1] },
    files: {
      'special_tokens_map.json': { pad_token: '[PAD]' },
      'modules.json': [
        { path: '', type: 'sentence_transformers.models.Transformer' },
        { path: '1_Pooling', type: 'sentence_transformers.models.Pooling' },
      ],
      '1_Pooling/config.json': flags('mean_tokens'),
      'sentence_bert_config.json': { max_seq_length: 20, do_lower_case: true },
    },
  });
  const { parameters } = loadModel(folder);
  const [same, other] = [join(dir, 'same'), join(dir, 'other')];
  saveModel(same, { from: folder, maxLength: 20, parameters });
  t.same(readdirSync(same, { recursive: true }).sort(), readdirSync(folder, { recursive: true }).sort());
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' }))
    if (/json|txt/.test(name))
      t.ok(readFileSync(join(same, name)).equals(readFileSync(join(folder, name))), name);
  const weights = (folder: string) => join(folder, 'model.safetensors');
  t.same(
    [...readEntries(weights(same))],
    [...readEntries(weights(folder))],
    'names, order, types and places',
  );
  t.ok(values(weights(same)).equals(values(weights(folder))), 'every byte of the values');
  t.same(readOpaque(weights(same)), { 'bert.embeddings.position_ids': IDS });

  saveModel(other, { from: same, maxLength: 12, parameters });
  t.ok(readFileSync(join(other, 'config.json')).equals(readFileSync(join(folder, 'config.json'))));
  t.same(JSON.parse(readFileSync(join(other, 'sentence_bert_config.json'), 'utf8')), {
    max_seq_length: 12,
    do_lower_case: true,
  });
  t.match(loadModel(other), { config: { maxLength: 12 }, parameters });
  writeFileSync(auxiliaryFile(other), 'of the model before');
  saveModel(other, { from: other, maxLength: 12, parameters });
  t.notOk(existsSync(auxiliaryFile(other)), 'auxiliary vectors of the model before are not its own');
});

test('norms may have the names of old checkpoints, and keep them', async (t) => {
  const dir = t.testdir();
  const old = (name: string) =>
    name.replace(
      /(LayerNorm\.)(weight|bias)$/,
      (_all, norm: string, what: string) => norm + (what === 'bias' ? 'beta' : 'gamma'),
    );
  const tensors = tinyTensors('bert');
  const renamed = Object.fromEntries(Object.entries(tensors).map(([name, value]) => [old(name), value]));
  const folder = tinyBert(join(dir, 'old'), { tensors: renamed });
  const { parameters } = loadModel(folder);
  t.same(parameters, tensors);
  saveModel(join(dir, 'saved'), { from: folder, maxLength: 24, parameters });
  t.same(readSafetensors(join(dir, 'saved', 'model.safetensors')), renamed);
});

const without = (name: string) =>
  Object.fromEntries(Object.entries(tinyTensors('bert')).filter(([own]) => own !== name));
const QUERY = 'encoder.layer.1.attention.self.query.weight';

const refused: [what: string, options: TinyBertOptions, message: RegExp][] = [
  [
    'RoBERTa',
    { config: { model_type: 'roberta' } },
    /config.json: model_type roberta: position offsets are not supported; expected bert or distilbert$/,
  ],
  [
    'XLM-R',
    { config: { model_type: 'xlm-roberta' } },
    /config.json: model_type xlm-roberta: position offsets are not supported; expected bert or distilbert$/,
  ],
  [
    'another kind',
    { config: { model_type: 'gpt2' } },
    /config.json: model_type gpt2: not supported; expected bert or distilbert$/,
  ],
  ['another activation', { config: { hidden_act: 'relu' } }, /config.json: hidden_act: .*, got "relu"$/],
  [
    "DistilBERT's activation",
    { family: 'distilbert', config: { activation: 'relu' } },
    /config.json: activation: .*, got "relu"$/,
  ],
  [
    'relative positions',
    { config: { position_embedding_type: 'relative_key' } },
    /config.json: position_embedding_type: .*, got "relative_key"$/,
  ],
  ['an invalid size', { config: { hidden_size: '16' } }, /config.json: hidden_size: .*, got "16"$/],
  [
    'heads that do not divide the dimension',
    { config: { num_attention_heads: 3 } },
    /config.json: 3 attention heads do not divide 16 dimensions$/,
  ],
  [
    'another pooling',
    { files: { '1_Pooling/config.json': flags('max_tokens') } },
    /1_Pooling.config.json: pooling max_tokens: not supported; expected mean or cls$/,
  ],
  [
    'two poolings',
    { files: { '1_Pooling/config.json': { ...flags('cls_token'), pooling_mode_mean_tokens: true } } },
    /1_Pooling.config.json: pooling mean and cls: not supported/,
  ],
  [
    'a module after the pooling',
    { files: { 'modules.json': [{ path: '2_Dense', type: 'sentence_transformers.models.Dense' }] } },
    /modules.json: type sentence_transformers.models.Dense: not supported; expected one of Transformer, Pooling, Normalize$/,
  ],
  [
    'a tokenizer with more tokens than the table has rows',
    { tensors: null, config: { vocab_size: 20 } },
    /tokenizer.json: makes token \d+, but vocab_size in .*config.json is 20$/,
  ],
  [
    'a length beyond the positions',
    { files: { 'sentence_bert_config.json': { max_seq_length: 25 } } },
    /sentence_bert_config.json: max_seq_length: expected at most 24 .*, got 25$/,
  ],
  [
    'a shape that does not fit',
    { config: { vocab_size: 400 } },
    /model.safetensors: embeddings.word_embeddings.weight has shape \[\d+, 16\], expected \[400, 16\]$/,
  ],
  ['a missing tensor', { tensors: without(QUERY) }, new RegExp(`safetensors: tensor ${QUERY} is missing$`)],
  [
    'a tensor of integers',
    { tensors: { ...tinyTensors('bert'), 'embeddings.LayerNorm.bias': IDS } },
    /model.safetensors: tensor embeddings.LayerNorm.bias is of type I64; F32, F16 and BF16 can be read$/,
  ],
  [
    "only PyTorch's own format",
    { tensors: null, files: { 'pytorch_model.bin': 0 } },
    /pytorch_model.bin: not supported; expected model.safetensors$/,
  ],
];

const refuses = (t: Test, work: () => unknown, message: RegExp) => {
  t.throws(work, { name: 'InputError', message });
  try {
    work();
  } catch (error) {
    t.ok(error instanceof InputError && !error.message.includes('\n'), 'in one line');
  }
};

for (const [what, options, message] of refused)
  test(`${what}: refused`, async (t) => {
    const folder = tinyBert(join(t.testdir(), 'model'), options);
    refuses(t, () => readConfig(folder), message);
    refuses(t, () => loadModel(folder), message);
  });

test('weights that are no numbers, and pointers in place of weights, are refused', async (t) => {
  const tensors = tinyTensors('bert');
  tensors[QUERY]!.data[3] = NaN;
  const folder = tinyBert(join(t.testdir(), 'model'), { tensors });
  refuses(
    t,
    () => loadModel(folder),
    new RegExp(`model: tensor ${QUERY}: expected finite values, got NaN at 3$`),
  );
  const pointer = 'version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 12345\n';
  for (const name of ['model.safetensors', 'config.json']) {
    writeFileSync(join(folder, name), pointer);
    refuses(t, () => loadModel(folder), new RegExp(`${name}: a pointer of Git LFS, not the file itself`));
  }
});

test('normalizers that are nested deeper than any stack are refused', async (t) => {
  const folder = tinyBert(join(t.testdir(), 'model'));
  const path = join(folder, 'tokenizer.json');
  const json = JSON.parse(readFileSync(path, 'utf8')) as object;
  const normalizer = `${'{"type":"Sequence","normalizers":['.repeat(50_000)}${']}'.repeat(50_000)}`;
  writeFileSync(
    path,
    JSON.stringify({ ...json, normalizer: 0 }).replace('"normalizer":0', `"normalizer":${normalizer}`),
  );
  const message = /tokenizer.json: nested more than 100 levels deep$/;
  refuses(t, () => loadModel(folder), message);
  refuses(t, () => openTokenizer({ tokenizer: folder, maxLength: 8 }), message);
});

test('a length beyond the positions is refused when saving', async (t) => {
  const folder = tinyBert(join(t.testdir(), 'model'));
  const to = join(t.testdirName, 'saved');
  const save = () => {
    saveModel(to, { from: folder, maxLength: 25, parameters: loadModel(folder).parameters });
  };
  refuses(t, save, /maxLength: expected at most 24 \(max_position_embeddings of .*config.json\), got 25$/);
  t.notOk(existsSync(to));
});

test('a folder without a model: refused', async (t) => {
  const folder = t.testdir();
  refuses(t, () => readConfig(folder), /config.json: cannot be read: ENOENT/);
  writeFileSync(join(folder, 'config.json'), '{');
  refuses(t, () => readConfig(folder), /config.json: not JSON: /);
  writeFileSync(join(folder, 'config.json'), '{"dim":4}');
  refuses(t, () => readConfig(folder), /config.json: encoder: .*, got none$/);
});
