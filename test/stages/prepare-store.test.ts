import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'tap';
import { prepareStore, type PrepareStoreOptions } from '../../src/stages/prepare-store.js';
import { tokenizerFiles } from '../../src/encode/use-lite-package.js';
import { RaggedReader } from '../../src/store/ragged.js';
import { toLists } from '../../src/formats/lists.js';
import { refusal } from '../refusal.js';
import { tinyDataset, type Tiny } from '../pipelines/tiny-dataset.js';

const TINY: Tiny = {
  labels: ['cat', 'dog'],
  train: [
    ['a cat', [0]],
    ['', []],
    ['a dog and a cat', [1, 0]],
  ],
};

/** A data set, a tokenizer, and leftovers of killed processes in the place of the store. */
async function setUp(root: string) {
  const dataset = await tinyDataset(join(root, 'data'), TINY);
  const tokenizer = join(root, 'tokenizer');
  mkdirSync(tokenizer);
  for (const [name, content] of Object.entries(tokenizerFiles()))
    writeFileSync(join(tokenizer, name), JSON.stringify(content));
  return { dataset, dir: join(root, 'store'), tokenizer, maxLength: 3, threads: 1 };
}

/** Whether the existing store is reused: rebuilding it stops immediately. */
const isReused = (options: PrepareStoreOptions): Promise<boolean> =>
  prepareStore(options, { signal: AbortSignal.abort(new Error('rebuilt')) }).then(
    () => true,
    (error: unknown) => {
      if ((error as Error).message !== 'rebuilt') throw error;
      return false;
    },
  );

const listsOf = (base: string) => {
  using reader = new RaggedReader(base);
  return reader.read(0, reader.rows);
};

test('labels and texts are tokenized once, and again only when something changed', async (t) => {
  const root = t.testdir({ 'store.partial': { half: '' }, store: { 'label-tokens.unfinished': '' } });
  const options = await setUp(root);
  const stages: string[] = [];
  const store = await prepareStore(options, {
    report: ({ stage, done, total }) => stages.push(`${stage} ${done}/${total ?? ''}`),
  });
  t.same(stages, ['tokenize labels 2/2', 'tokenize texts 2/3', 'tokenize texts 3/3']);
  t.same(readdirSync(root), ['data', 'store', 'tokenizer']);
  t.notOk(existsSync(join(options.dir, 'label-tokens.unfinished')));
  t.same(listsOf(store.positives), toLists([[0], [], [1, 0]]));
  const { offsets } = listsOf(store.texts);
  t.equal(listsOf(store.labels).offsets.length, 3);
  t.equal(offsets[1], offsets[2], 'an empty text has no tokens');
  t.equal(offsets[3]! - offsets[2]!, 3, 'cut to the maximal length');

  t.ok(await isReused(options), 'nothing changed');
  t.ok(await isReused({ ...options, threads: 2 }), 'threads change nothing');
  t.notOk(await isReused({ ...options, maxLength: 2 }), 'another length');
  for (const [name, content] of Object.entries(tokenizerFiles())) {
    const path = join(options.tokenizer, name);
    const before = readFileSync(path);
    writeFileSync(path, JSON.stringify({ ...content, added: 1 }));
    t.notOk(await isReused(options), `another ${name}`);
    writeFileSync(path, before);
  }
  t.ok(await isReused(options), 'all as it was');
  rmSync(options.dataset.dir, { recursive: true });
  const dataset = await tinyDataset(options.dataset.dir, { ...TINY, labels: ['cat', 'wolf', 'sheep'] });
  t.notOk(await isReused({ ...options, dataset }), 'another data set');

  const bad = { ...options, dataset: { ...dataset, labels: 1 } };
  t.match(await refusal(t, prepareStore(bad)), /train.parquet, row 2: labels: expected 0..0, got 1/);
  t.equal(listsOf(store.labels).offsets.length, 3, 'the old one stays');
  await prepareStore({ ...options, dataset });
  t.equal(listsOf(store.labels).offsets.length, 4, 'the new one is in its place');
});

test('a damaged store is reported and rebuilt', async (t) => {
  const options = await setUp(t.testdir());
  const store = await prepareStore(options);
  const path = `${store.texts}.values.npy`;
  const whole = readFileSync(path);
  const damages = {
    'does not match its digest': () => {
      writeFileSync(path, whole.with(whole.length - 1, 77));
    },
    missing: () => {
      rmSync(path);
    },
  };
  for (const [what, damage] of Object.entries(damages)) {
    damage();
    const notes: string[] = [];
    await prepareStore(options, { note: (message) => notes.push(message) });
    t.same(notes, [`${path}: ${what}; rebuilding the store`]);
    t.ok(readFileSync(path).equals(whole));
  }
  writeFileSync(join(options.dir, 'store.json'), '{');
  t.notOk(await isReused(options), 'an unreadable store is not reused');
});

test('a store of another version, or of none, is not reused', async (t) => {
  const options = await setUp(t.testdir());
  await prepareStore(options);
  const path = join(options.dir, 'store.json');
  const { origin, files } = JSON.parse(readFileSync(path, 'utf8')) as { origin: object; files: object };
  for (const version of [undefined, 1]) {
    writeFileSync(path, JSON.stringify({ origin: { ...origin, version }, files }));
    t.notOk(await isReused(options), `version ${version}`);
  }
  writeFileSync(path, JSON.stringify({ origin, files }));
  t.ok(await isReused(options), 'as it was');
});

test('a missing tokenizer is refused', async (t) => {
  const options = await setUp(t.testdir());
  const refused = await refusal(t, prepareStore({ ...options, tokenizer: options.dir }));
  t.match(refused, /store\/tokenizer.json: cannot be read: ENOENT/);
});

test('a folder of anything else is refused as a store, and nothing of it is lost', async (t) => {
  const root = t.testdir({ store: { 'store.json': '{}', 'letter.txt': 'dear' }, file: '' });
  const options = await setUp(root);
  t.match(
    await refusal(t, prepareStore(options)),
    /store: contains letter\.txt, which is not part of a store of tokens$/,
  );
  t.equal(readFileSync(join(options.dir, 'letter.txt'), 'utf8'), 'dear');
  const file = join(root, 'file');
  t.match(await refusal(t, prepareStore({ ...options, dir: file })), /file: is not a folder$/);
  t.ok(existsSync(file));
});
