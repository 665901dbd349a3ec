import fc from 'fast-check';
import { join } from 'node:path';
import { test } from 'tap';
import { PreTrainedTokenizer } from '@huggingface/transformers';
import { openTokenizer } from '../../src/encode/tokenizer.js';
import { tokenizerFiles } from '../../src/encode/use-lite-package.js';
import { byPrefix, byWord, isByWord } from '../../src/encode/token-cache.js';
import { readJson } from '../../src/files/read-json.js';
import { listAt } from '../../src/formats/lists.js';
import { writeJson } from '../../src/files/write-json.js';
import { tinyBert } from '../tiny-bert.js';

/** Texts that tokenizers treat specially: all kinds of spaces, accents, symbols, other scripts, lone surrogates. */
const PIECES = [
  'a',
  'the',
  'River',
  'Σ',
  'ΑΣ',
  'é',
  'e\u0301',
  '\u0301',
  '¨',
  'ﬁ',
  '日本',
  '한국',
  '▁',
  '�',
  '##a',
  '😀',
  '\ud800',
];
const SIGNS = [
  ' ',
  '  ',
  '\t',
  '\n',
  '\u00a0',
  '\u3000',
  '\u200b',
  '\ufeff',
  '.',
  ',',
  '-',
  "'",
  '[CLS]',
  '[MASK]',
  '</s>',
  '_',
];
const TEXTS = fc
  .array(fc.constantFrom(...PIECES, ...SIGNS), { maxLength: 12 })
  .map((parts) => parts.join(''));

const FOLDERS = {
  'the default tokenizer': async (dir: string) => {
    for (const [file, content] of Object.entries(tokenizerFiles())) await writeJson(join(dir, file), content);
    return dir;
  },
  'a tokenizer of BERT': (dir: string) => Promise.resolve(tinyBert(join(dir, 'bert'))),
};

for (const [name, write] of Object.entries(FOLDERS))
  test(`${name} gives the same tokens word by word as for complete texts`, async (t) => {
    const folder = await write(t.testdir());
    const [json, config] = ['tokenizer.json', 'tokenizer_config.json'].map((file) =>
      readJson(join(folder, file)),
    );
    t.ok(isByWord(json));
    const whole = new PreTrainedTokenizer(json, config);
    const tokens = openTokenizer({ tokenizer: folder, maxLength: 512 });
    fc.assert(
      fc.property(fc.oneof(TEXTS, fc.string({ unit: 'binary', maxLength: 20 })), (text) => {
        const bare = whole.encode(text, { add_special_tokens: false });
        const expected = bare.length === 0 ? [] : whole.encode(text);
        return [...listAt(tokens([text]), 0)].join() === expected.join();
      }),
      { numRuns: 2000, seed: 0 },
    );
  });

const LONG = {
  base64: 'TWFuIGlzIGRpc3Rpbmd1aXNoZWQsIG5vdCBvbmx5/+',
  lines: 'A river.\nThe winter garden\n',
  Chinese: '日本語の文章は空白がない。',
  'a list': 'a.b,c;',
  'one letter': 'a',
  emoji: '😀',
} as const;

for (const [name, write] of Object.entries(FOLDERS))
  test(`${name} reads no more of a long text without spaces than it keeps`, async (t) => {
    const tokens = openTokenizer({ tokenizer: await write(t.testdir()), maxLength: 32 });
    const whole = openTokenizer({ tokenizer: await write(t.testdir()), maxLength: 2 ** 20 });
    for (const [kind, part] of Object.entries(LONG)) {
      const huge = part.repeat(Math.ceil(2 ** 24 / part.length));
      const started = performance.now();
      const cut = [...listAt(tokens([huge]), 0)];
      t.ok(performance.now() - started < 1000, `${kind}: at once`);
      const shorter = huge.slice(0, part.length * Math.ceil(1000 / part.length));
      const all = [...listAt(whole([shorter]), 0)];
      const inner = (ids: number[]) => ids.filter((id) => id !== 2 && id !== 3); // [CLS] and [SEP]
      t.same(inner(cut), inner(all).slice(0, inner(cut).length), `${kind}: the first tokens of all`);
      t.ok(cut.length === 32 || inner(all).length <= 32, `${kind}: as many as are kept`);
    }
  });

test('a long text costs as much as the tokens that are kept', (t) => {
  let read = 0;
  const encode = (text: string) => {
    read += text.length;
    return Array.from(text, () => 1);
  };
  const text = 'x'.repeat(2 ** 24);
  t.ok(byPrefix(encode)(text, 32).length >= 32);
  t.ok(read < 2048, 'where units are tokens');
  read = 0;
  t.same(byPrefix((part) => (encode(part), [0]))(text, 32), [0]);
  t.ok(read < 32_768, 'where all of it is one token');
  read = 0;
  t.ok(byWord(encode)(`${text} ${text}`, 32).length >= 32);
  t.ok(read < 2048, 'word by word');
  t.end();
});

test('tokenizers that look across spaces are not treated as word by word', (t) => {
  const json = tokenizerFiles()['tokenizer.json'] as unknown as Record<string, unknown> & {
    model: Record<string, unknown>;
  };
  const mark = { type: 'Metaspace', replacement: '▁', prepend_scheme: 'always' };
  const others: Record<string, object> = {
    'a token with a space': { added_tokens: [{ content: 'New York' }] },
    'a normalizer of complete texts': {
      normalizer: { type: 'Replace', pattern: { Regex: ' +' }, content: '_' },
    },
    'bytes with their spaces': { pre_tokenizer: { type: 'ByteLevel', add_prefix_space: false } },
    'no split': { pre_tokenizer: mark },
    'a mark at the first word alone': {
      pre_tokenizer: {
        type: 'Sequence',
        pretokenizers: [{ type: 'WhitespaceSplit' }, { ...mark, prepend_scheme: 'first' }],
      },
    },
    'a mark that is no piece': { model: { ...json.model, vocab: [['a', 0]] } },
    'another model': { model: { type: 'BPE', vocab: {}, merges: [] } },
  };
  t.ok(isByWord(json));
  for (const [name, change] of Object.entries(others)) t.notOk(isByWord({ ...json, ...change }), name);
  t.notOk(isByWord(null));
  t.end();
});
