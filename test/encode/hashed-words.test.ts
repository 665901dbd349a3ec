import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'tap';
import { hashWords, readHashedWords, WORDS_FILE } from '../../src/encode/hashed-words.js';
import { createModel, loadModel, saveModel } from '../../src/encode/model-folder.js';
import { openTokenizer } from '../../src/encode/tokenizer.js';
import { listAt } from '../../src/formats/lists.js';

const WORDS = { first: 100, rows: 1 << 20 };

void test('a text has a row for each word and each pair of adjacent words', (t) => {
  const [river, music, both] = ['river', 'music', 'river music'].map((text) => hashWords(text, WORDS, 9));
  t.match([river!.length, music!.length, both!.length], [1, 1, 3]);
  t.ok([...river!, ...music!].every((row) => both!.includes(row)));
  t.ok(both!.every((row) => row >= 100 && row < 100 + WORDS.rows));
  t.same(hashWords('RIVER, music!', WORDS, 9), both, 'whatever the case and what is between them');
  t.notSame(hashWords('music river', WORDS, 9), both, 'pairs have an order');
  t.end();
});

void test('rows are bounded, however long the text is', (t) => {
  t.equal(hashWords('word '.repeat(1e6), WORDS, 64).length, 64);
  t.same(hashWords('', WORDS, 64), []);
  t.end();
});

void test('a bag with words has their rows after the subwords, and its tokenizer makes them', async (t) => {
  const dir = t.testdir();
  const [plain, words, saved] = [join(dir, 'plain'), join(dir, 'words'), join(dir, 'saved')];
  createModel(plain, { dim: 8, maxLength: 4 });
  createModel(words, { dim: 8, words: 50, maxLength: 4 });
  const [before, after] = [plain, words].map((model) => loadModel(model).parameters['embedding']!);
  const first = before!.shape[0]!;
  t.same(after!.shape, [first + 50, 8]);
  t.same(readHashedWords(words), { first, rows: 50 });
  t.same(after!.data.subarray(0, before!.data.length), before!.data);
  t.ok(after!.data.subarray(before!.data.length).every((x) => x === 0));

  saveModel(saved, { from: words, ...loadModel(words), maxLength: 4 });
  const texts = ['a river of music and letters', ''];
  const [subwords, all] = [plain, saved].map((tokenizer) =>
    openTokenizer({ tokenizer, maxLength: 4 })(texts),
  );
  const [own, more] = [subwords!, all!].map((lists) => [...listAt(lists, 0)]);
  t.same(more!.slice(0, own!.length), own);
  t.same(more!.slice(own!.length), hashWords(texts[0]!, { first, rows: 50 }, 8));
  t.equal(listAt(all!, 1).length, 0, 'an empty text stays empty');
});

void test('a damaged description is refused in one line', (t) => {
  const folder = t.testdir();
  const path = join(folder, WORDS_FILE);
  writeFileSync(path, '{"first": 8002, "rows": 0}');
  t.throws(() => readHashedWords(folder), { name: 'InputError', message: /words.json: .*rows/ });
  t.end();
});
