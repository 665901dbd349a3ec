/** A user's own ids of labels, from the import to the predictions. */
import { readFileSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'tap';
import { importDataset } from '../../pipelines/import.js';
import { predict } from '../../pipelines/predict.js';
import { train } from '../../pipelines/train.js';
import { Predictor } from '../../src/index.js';
import { LABEL_COLUMNS, TEXT_COLUMNS } from '../../src/store/dataset.js';
import { refusal } from '../refusal.js';
import { readTable, writeTable } from '../table.js';

const WORDS = 'river mountain engine music bread winter garden metal paper horse'.split(' ');
const SKUS = WORDS.map((_word, label) => 9000 + 7 * label);

test('ids that are imported by name come out of predict and Predictor', async (t) => {
  const dir = t.testdir();
  const [from, data, run] = [join(dir, 'from'), join(dir, 'data'), join(dir, 'run')];
  await mkdir(from);
  const labels = { path: join(from, 'labels.parquet'), columns: { ...LABEL_COLUMNS, sku: 'int32' } as const };
  await writeTable(labels, { text: WORDS, sku: SKUS });
  for (const part of ['train', 'test'])
    await writeTable(
      { path: join(from, `${part}.parquet`), columns: TEXT_COLUMNS },
      { text: [...WORDS, ...WORDS], labels: [...WORDS, ...WORDS].map((_word, i) => [i % 10]) },
    );
  await importDataset({ from, out: data, id: 'sku' });
  await train({ data, run, sources: ['names'], threads: 1 });

  const input = join(dir, 'input.parquet');
  await writeTable({ path: input, columns: LABEL_COLUMNS }, { text: ['bread', 'horse'] });
  const expected = [[`${SKUS[4]!}`], [`${SKUS[9]!}`]];
  const common = { run, input, top: 1, threads: 1 };
  for (const explain of [false, true]) {
    const out = join(dir, `out-${explain}.jsonl`);
    await predict({ ...common, out, explain });
    const rows = readFileSync(out, 'utf8').trimEnd().split('\n');
    t.same(
      rows.map((row) => (JSON.parse(row) as { ids: string[] }).ids),
      expected,
    );
  }
  const out = join(dir, 'out.parquet');
  await predict({ ...common, out });
  t.same((await readTable(out, { ids: 'string[]' })).ids, expected);

  const table = join(dir, 'input.csv');
  writeFileSync(table, 'sku;title;about\nx1;bread;\nx2;;horse\n');
  for (const explain of [false, true]) {
    const options = { ...common, input: table, text: 'title,about', id: 'sku', explain };
    const path = join(dir, `table-${explain}.jsonl`);
    await predict({ ...options, out: path });
    const rows = readFileSync(path, 'utf8').trimEnd().split('\n');
    const answers = rows.map((row) => JSON.parse(row) as { id: string; text: string; ids: string[] });
    t.same(
      answers.map(({ id, text, ids }) => [id, text, ids]),
      [
        ['x1', 'bread', expected[0]],
        ['x2', 'horse', expected[1]],
      ],
    );
  }
  t.match(
    await refusal(t, predict({ ...common, input: table, text: 'name', out: '-' })),
    /input.csv: no column name, only sku, title, about$/,
  );

  await using predictor = await Predictor.open(run);
  const answers = await predictor.predict(['bread', 'horse'], { top: 1 });
  t.same(
    answers.map((labels) => labels.map(({ id }) => id)),
    expected,
  );
});
