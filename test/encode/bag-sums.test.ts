import { join } from 'node:path';
import { test } from 'tap';
import { bagSums } from '../../src/encode/bag-sums.js';
import { Embedder } from '../../src/encode/embedder.js';
import { createModel, loadModel, saveModel } from '../../src/encode/model-folder.js';
import { TokenNames } from '../../src/encode/token-names.js';
import { openTokenizer } from '../../src/encode/tokenizer.js';
import { listAt } from '../../src/formats/lists.js';
import { Random } from '../../src/random.js';

const [DIM, MAX_LENGTH] = [16, 8];
const TEXTS = ['A large fast river', 'river, river and more rivers', 'x'];

/** A bag with words, whose parameters are all random: no part of it is the identity or zero. */
function randomBag(folder: string): string {
  createModel(folder, { maxLength: MAX_LENGTH, dim: DIM, words: 64 });
  const { parameters } = loadModel(folder);
  const random = new Random(5);
  for (const { data } of Object.values(parameters)) data.forEach((_x, i) => (data[i] = random.next() - 0.5));
  saveModel(folder, { from: folder, maxLength: MAX_LENGTH, parameters });
  return folder;
}

void test('what tokens add to a score adds up to the inner product with the embedding', async (t) => {
  const model = randomBag(join(t.testdir(), 'model'));
  const tokens = openTokenizer({ tokenizer: model, maxLength: MAX_LENGTH })(TEXTS);
  await using embedder = new Embedder({ model, threads: 1 });
  const embeddings = await embedder.embed(tokens);
  const label = Float32Array.from({ length: DIM }, (_x, i) => Math.sin(i));
  const sums = bagSums(loadModel(model).parameters);
  TEXTS.forEach((text, i) => {
    const own = listAt(tokens, i);
    const { adds, bias } = sums(own)(label);
    t.equal(adds.length, own.length, text);
    const score = label.reduce((sum, x, d) => sum + x * embeddings[i * DIM + d]!, 0);
    t.ok(Math.abs(adds.reduce((sum, x) => sum + x, bias) - score) < 1e-5, text);
  });
});

void test('tokens are told as subwords, words and pairs of the text', (t) => {
  const model = randomBag(join(t.testdir(), 'model'));
  const [text] = TEXTS;
  const tokens = openTokenizer({ tokenizer: model, maxLength: MAX_LENGTH })([text!]).values;
  const told = new TokenNames(model).of(text!, [...tokens, 5_000_000]);
  t.equal(told.pop(), '', 'a token that the text does not have');
  t.ok(
    told.every((name) => ` ${text!.toLowerCase()} `.includes(name.toLowerCase()) && name !== ''),
    told.join(),
  );
  for (const name of [' river', 'river', 'fast river']) t.ok(told.includes(name), name);
  t.end();
});
