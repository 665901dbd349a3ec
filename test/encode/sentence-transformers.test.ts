import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'tap';
import { Embedder } from '../../src/encode/embedder.js';
import { readConfig, loadModel, saveModel } from '../../src/encode/model-folder.js';
import { openTokenizer } from '../../src/encode/tokenizer.js';
import { tinyBert, tinyTokenizer } from '../tiny-bert.js';
import { SHAPES, TEXTS } from './sentence-transformers.js';

/** Of `test/fixtures/sentence-transformers.py`, by the number of the shape. */
const { vectors } = JSON.parse(readFileSync('test/fixtures/sentence-transformers.json', 'utf8')) as {
  vectors: Record<string, number[][]>;
};

async function embedded(folder: string): Promise<Float32Array> {
  const tokens = openTokenizer({ tokenizer: folder, maxLength: readConfig(folder).maxLength });
  await using embedder = new Embedder({ model: folder, threads: 1 });
  return await embedder.embed(tokens(TEXTS));
}

for (const [i, [name, { refused, ...options }]] of Object.entries(SHAPES).entries())
  test(`${name}: ${refused ? 'refused by name' : 'the vectors of sentence-transformers'}`, async (t) => {
    const folder = tinyBert(join(t.testdir(), 'model'), options);
    if (refused) {
      t.throws(() => readConfig(folder), { name: 'InputError', message: refused });
      return;
    }
    const saved = join(t.testdirName, 'saved');
    const { config, parameters } = loadModel(folder);
    saveModel(saved, { from: folder, maxLength: config.maxLength, parameters });
    for (const each of [folder, saved]) {
      const found = await embedded(each);
      const most = Math.max(...vectors[i]!.flat().map((x, at) => Math.abs(x - found[at]!)));
      t.ok(most < 1e-5, `${each}: differs by ${most}`);
    }
  });

const CUT = { max_length: 16, strategy: 'LongestFirst', stride: 0 };
const cut = (direction: string) => tinyTokenizer({ lowercase: true }, { truncation: { ...CUT, direction } });
const LOADED: readonly [what: string, files: Record<string, unknown>, refused?: RegExp][] = [
  [
    'a cut at the left',
    { 'tokenizer_config.json': { truncation_side: 'left' } },
    /tokenizer_config.json: truncation_side "left": not supported; texts are cut at their right end$/,
  ],
  [
    'a cut at the left by the tokenizer',
    { 'tokenizer.json': cut('Left') },
    /tokenizer.json: truncation.direction "Left": not supported/,
  ],
  [
    'a cut at the right',
    { 'tokenizer.json': cut('Left'), 'tokenizer_config.json': { truncation_side: 'right' } },
  ],
  ['a cut at the right by the tokenizer', { 'tokenizer.json': cut('Right') }],
  ['an adapter', { 'adapter_config.json': {} }, /adapter_config.json: adapters are not supported; merge it/],
  ...['model_args', 'tokenizer_args', 'config_args', 'model_kwargs', 'processor_kwargs', 'config_kwargs'].map(
    (name): [string, Record<string, unknown>, RegExp] => [
      name,
      { 'sentence_bert_config.json': { max_seq_length: 5, [name]: { use_cache: true } } },
      new RegExp(`sentence_bert_config.json: ${name} .*use_cache.*: not supported`),
    ],
  ),
  [
    'no arguments',
    { 'sentence_bert_config.json': { model_args: {}, tokenizer_args: {}, config_args: null } },
  ],
];

for (const [what, files, refused] of LOADED)
  test(`${what}: ${refused ? 'refused by name' : 'read'}`, async (t) => {
    const folder = tinyBert(join(t.testdir(), 'model'), { files });
    if (refused) t.throws(() => readConfig(folder), { name: 'InputError', message: refused });
    else t.equal(readConfig(folder).encoder, 'bert');
  });

test('modules that are not reproduced are refused by name', async (t) => {
  const transformer = { path: '', type: 'sentence_transformers.models.Transformer' };
  const pooling = { path: '1_Pooling', type: 'sentence_transformers.models.Pooling' };
  const dense = { path: '2_Dense', type: 'sentence_transformers.base.modules.dense.Dense' };
  const cases: [object[], RegExp][] = [
    [[transformer, pooling, dense], /type sentence_transformers.base.modules.dense.Dense: not supported/],
    [[{ ...transformer, type: 'custom.Transformer' }, pooling], /type custom.Transformer: not supported/],
    [[{ ...transformer, path: '0_Transformer' }, pooling], /Transformer in 0_Transformer: not supported/],
    [[transformer], /modules.json: Transformer: not supported; expected Transformer, Pooling/],
    [[transformer, pooling, pooling], /Transformer, Pooling, Pooling: not supported/],
    [[transformer, { ...pooling, path: '../other' }], /modules.json: 1.path: expected the name of a folder/],
    [
      [transformer, { ...pooling, path: 'gone' }],
      /gone.config.json: no such file, but modules.json names it/,
    ],
  ];
  for (const [i, [modules, message]] of cases.entries()) {
    const files = { 'modules.json': modules, '1_Pooling/config.json': { pooling_mode: 'mean' } };
    const folder = tinyBert(join(t.testdir(), `${i}`), { files });
    t.throws(() => readConfig(folder), { name: 'InputError', message });
  }
});
