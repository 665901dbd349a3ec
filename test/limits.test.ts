import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { test } from 'tap';
import { readJsonl } from '../operators/read-jsonl.js';
import { predict } from '../pipelines/predict.js';
import { train } from '../pipelines/train.js';
import { MOST_ROWS } from '../src/encode/hashed-words.js';
import { DEEPEST_JSON, readJson } from '../src/files/read-json.js';
import { MOST_IDS } from '../src/formats/columns.js';
import { LONGEST_LINE, readLines } from '../src/formats/lines.js';
import { ParquetFile } from '../src/formats/parquet-file.js';
import { LARGEST_FOOTER } from '../src/formats/parquet-footer.js';
import { MOST_HEADER_BYTES, readSafetensors } from '../src/formats/safetensors.js';
import { pipeline } from '../src/index.js';
import { MOST_LABELS } from '../src/search/found.js';
import { openDataset } from '../src/store/dataset.js';
import { collect } from './collect.js';
import { limitsText } from './limits.js';
import { tinyDataset } from './pipelines/tiny-dataset.js';
import { refusal } from './refusal.js';

test('docs/limits.md says what the constants say', async (t) => {
  const plain = (text: string) => text.replaceAll(/ +/g, ' ').replaceAll(/-+/g, '-');
  t.equal(plain(readFileSync('docs/limits.md', 'utf8')), plain(limitsText()));
});

test('a line beyond the limit is refused', async (t) => {
  const path = join(t.testdir(), 'x.gz');
  writeFileSync(path, gzipSync(Buffer.alloc(LONGEST_LINE + 1, 'x'), { level: 1 }));
  t.match(await refusal(t, collect(readLines(path))), /x.gz:1: longer than 403701760 bytes$/);
});

test('the header of a safetensors file beyond the limit is refused', async (t) => {
  const path = join(t.testdir(), 'x.safetensors');
  const bytes = Buffer.alloc(8 + MOST_HEADER_BYTES + 1, ' ');
  bytes.writeBigUInt64LE(BigInt(MOST_HEADER_BYTES + 1));
  writeFileSync(path, bytes);
  t.match(
    await refusal(
      t,
      Promise.resolve().then(() => readSafetensors(path)),
    ),
    /x.safetensors: not a safetensors file \(header of 16777217 bytes\)$/,
  );
});

test('a JSON file that is nested beyond the limit is refused, a line of JSON is not', async (t) => {
  const nested = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`;
  const dir = t.testdir({ 'most.json': nested(DEEPEST_JSON), 'more.json': nested(DEEPEST_JSON + 1) });
  t.ok(readJson(join(dir, 'most.json')));
  for (const levels of [DEEPEST_JSON + 1, 1_000_000]) {
    writeFileSync(join(dir, 'more.json'), nested(levels));
    const message = `${join(dir, 'more.json')}: nested more than 100 levels deep`;
    t.throws(() => readJson(join(dir, 'more.json')), { name: 'InputError', message });
  }
  const path = join(dir, 'x.jsonl');
  writeFileSync(path, `{"text":"a","other":${nested(1_000_000)}}\n{"text":${nested(1_000_000)}}\n`);
  const read = pipeline([path], readJsonl({ columns: { text: 'string' } }));
  t.match(await refusal(t, read.drain()), /x.jsonl:2: text: expected a text, got a list nested too deeply$/);
});

test('a footer of Parquet beyond the limit is refused', async (t) => {
  const path = join(t.testdir(), 'x.parquet');
  const bytes = Buffer.alloc(4 + LARGEST_FOOTER + 1 + 8);
  bytes.writeUInt32LE(LARGEST_FOOTER + 1, bytes.length - 8);
  bytes.write('PAR1', bytes.length - 4);
  writeFileSync(path, bytes);
  t.match(
    await refusal(t, ParquetFile.open(path, {})),
    /x.parquet: .*: a footer of 16777217 bytes, at most 16777216 are read$/,
  );
});

test('ids and rows beyond the limit are refused', async (t) => {
  const dir = t.testdir();
  const path = join(dir, 'x.jsonl');
  writeFileSync(path, `{"labels":[${MOST_IDS - 1}]}\n{"labels":[${MOST_IDS}]}\n`);
  const read = pipeline([path], readJsonl({ columns: { labels: 'int32[]' } }));
  t.match(await refusal(t, read.drain()), /x.jsonl:2: labels: expected 0..2147483647, got 2147483648$/);
  const { dir: data } = await tinyDataset(join(dir, 'data'), { labels: ['a'], train: [['b', [0]]] });
  const description = join(data, 'dataset.json');
  const found = JSON.parse(readFileSync(description, 'utf8')) as object;
  writeFileSync(description, JSON.stringify({ ...found, train: MOST_IDS }));
  t.match(await refusal(t, openDataset(data)), /dataset.json: train: .*2147483647/);
});

test('rows for hashed words and labels for a text beyond the limit are refused', async (t) => {
  t.match(
    await refusal(
      t,
      Promise.resolve().then(() => train({ data: 'd', run: 'r', words: MOST_ROWS + 1 })),
    ),
    /words: .*16777216/,
  );
  t.match(await refusal(t, predict({ run: 'r', input: 'x.txt', top: MOST_LABELS + 1 })), /top: .*1000/);
});
