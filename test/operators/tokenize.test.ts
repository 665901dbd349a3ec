import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'tap';
import { tokenize } from '../../operators/tokenize.js';
import { pipeline } from '../../src/index.js';
import { subwordEmbeddings, tokenizerFiles } from '../../src/encode/use-lite-package.js';
import { listAt } from '../../src/formats/lists.js';
import { contract } from '../contract.js';

function writeTokenizer(dir: string, extra: object = {}): string {
  mkdirSync(dir, { recursive: true });
  for (const [name, content] of Object.entries(tokenizerFiles()))
    writeFileSync(
      join(dir, name),
      JSON.stringify(name === 'tokenizer.json' ? { ...content, ...extra } : content),
    );
  return dir;
}

test('tokenize keeps the contract', async (t) => {
  const tokenizer = writeTokenizer(t.testdir());
  await contract(t, {
    make: () => tokenize({ tokenizer, threads: 1, ahead: 0 }),
    input: (i) => ({ columns: { text: [`text ${i}`] } }),
    ahead: 1,
  });
});

test('texts become ids of the default vocabulary, in lower case and cut', async (t) => {
  const tokenizer = writeTokenizer(t.testdir());
  const { tokens } = await pipeline(
    [{ columns: { text: ['Hello world: a domestic CAT', ' ', '日本'] } }],
    tokenize({ tokenizer, maxLength: 4, threads: 1 }),
  ).first();
  t.same([...listAt(tokens, 0)], [2002, 102, 311, 57], '▁hell o ▁world :');
  t.same(listAt(tokens, 1).length, 0, 'an empty text has no tokens');
  t.ok(listAt(tokens, 2).every((id) => id < subwordEmbeddings().shape[0]!));
});

test('special tokens around a text survive the cut', async (t) => {
  const special = (id: number, content: string) => ({ id, content, special: true });
  const tokenizer = writeTokenizer(t.testdir(), {
    added_tokens: [special(1, '<s>'), special(2, '</s>')],
    post_processor: {
      type: 'TemplateProcessing',
      single: [{ SpecialToken: { id: '<s>' } }, { Sequence: { id: 'A' } }, { SpecialToken: { id: '</s>' } }],
      pair: [],
      special_tokens: { '<s>': { ids: [1], tokens: ['<s>'] }, '</s>': { ids: [2], tokens: ['</s>'] } },
    },
  });
  const texts = [{ columns: { text: ['a a a a a a'] } }];
  const { tokens } = await pipeline(texts, tokenize({ tokenizer, maxLength: 4, threads: 1 })).first();
  t.same([...tokens.values], [1, 11, 11, 2]);
});

test('options and files are checked before the first text', async (t) => {
  t.throws(() => tokenize({ tokenizer: t.testdir(), maxLength: 0 }), /maxLength: expected 1..512, got 0/);
  t.throws(() => tokenize({ tokenizer: t.testdir() }), /tokenizer.json: not found/);
});
