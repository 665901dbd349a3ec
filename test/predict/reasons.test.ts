import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import tap, { test } from 'tap';
import { predict } from '../../pipelines/predict.js';
import { train } from '../../pipelines/train.js';
import { Predictor } from '../../src/index.js';
import type { Reason } from '../../src/predict/reasons.js';
import { tinyDataset } from '../tiny.js';

const folder = mkdtempSync(join(tmpdir(), 'dexa-reasons-'));
tap.teardown(() => {
  rmSync(folder, { recursive: true });
});
const run = join(folder, 'run');
const given = (async () => {
  const data = join(folder, 'data');
  await tinyDataset(data);
  const small = { aux: 4, headMinCount: 12, epochs: 2, batch: 32, words: 64, dim: 32 };
  const sources = ['encoder', 'neighbours', 'words', 'names', 'word-neighbours'] as const;
  await train({ data, run, sources: [...sources], threads: 1, ...small });
})();

const texts = ['river mountain', '', 'bread music and a winter garden'];

const total = (values: readonly number[], first = 0): number => values.reduce((sum, x) => sum + x, first);
const near = (one: number, other: number): boolean => Math.abs(one - other) < 1e-5 * (1 + Math.abs(other));

/** What is told about a score adds up to it. */
function addsUp(reason: Reason): boolean {
  const { source, score, terms, bias, sum, texts } = reason;
  if (texts) return near(total(texts.map(({ vote }) => vote)), score);
  if (
    !near(
      total(
        terms!.map(({ adds }) => adds),
        bias,
      ),
      sum!,
    )
  )
    return false;
  return source === 'words' ? true : near(sum!, score);
}

for (const source of ['fused', 'encoder', 'neighbours', 'words', 'names', 'word-neighbours'])
  test(`${source}: what is told about the score of a label adds up to it`, async (t) => {
    await given;
    await using predictor = await Predictor.open(run, { source });
    const explained = await predictor.predict(texts, { explain: true });
    const plain = explained.map((own) => own.map(({ label, name, score }) => ({ label, name, score })));
    t.same(plain, await predictor.predict(texts), 'the same labels');
    for (const { label, score, why } of explained.flat()) {
      t.ok(why!.length > 0 && why!.every(addsUp), `label ${label}`);
      if (source !== 'fused') t.match(why, [{ source, score }]);
    }
    t.equal(explained[1]!.length, 0);
  });

test('terms are told as they stand in the text', async (t) => {
  await given;
  await using predictor = await Predictor.open(run, { source: 'names' });
  const [own] = await predictor.predict(['river mountain'], { explain: true, top: 1 });
  const terms = own![0]!.why![0]!.terms!.map(({ term }) => term.trim());
  t.ok(
    terms.every((term) => 'river mountain'.includes(term) && term !== ''),
    terms.join(),
  );
});

test('JSON lines have a field why, Parquet is refused', async (t) => {
  await given;
  const [input, out] = [join(folder, 'texts.txt'), join(folder, 'out.jsonl')];
  writeFileSync(input, texts.join('\n'));
  await predict({ run, input, out, explain: true, threads: 1, top: 2 });
  const rows = readFileSync(out, 'utf8').trim().split('\n').map((line) => JSON.parse(line) as { labels: number[]; why: Reason[][] }); // prettier-ignore
  t.same(rows.map(({ why }) => why.length), rows.map(({ labels }) => labels.length)); // prettier-ignore
  t.ok(rows.flatMap(({ why }) => why).every((reasons) => reasons.every(addsUp)));
  await t.rejects(predict({ run, input, out: 'a.parquet', explain: true }), {
    message: 'a.parquet: reasons are written as JSON lines only',
  });
});
