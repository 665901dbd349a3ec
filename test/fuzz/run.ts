/** `npm run test:fuzz -- [MINUTES] [--seed N] [--only FORMAT]`: fuzzes the readers, and adds what it finds to the corpus. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { textTable } from '../../src/report/table.js';
import { table, writeSection } from '../bench/results.js';
import { Campaign } from './campaign.js';
import { addToCorpus, readCorpus } from './corpus.js';
import { duckdb } from './duckdb.js';
import { FORMAT_NAMES } from './formats.js';
import { HEAD, rowOf } from './report.js';

/** Defects of a format that are told, each with its file: the others are mostly of the same kinds. */
const SHOWN = 5;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { seed: { type: 'string', default: '1' }, only: { type: 'string' } },
});
const minutes = Number(positionals[0] ?? 60);
const seed = Number(values.seed);
if (!(minutes > 0)) throw new RangeError(`MINUTES: expected more than 0, got ${positionals[0]}`);
if (!Number.isInteger(seed)) throw new RangeError(`--seed: expected an integer, got ${values.seed}`);
const names = FORMAT_NAMES.filter((name) => values.only === undefined || name === values.only);
if (names.length === 0) throw new RangeError(`--only: expected one of ${FORMAT_NAMES.join(', ')}`);

const dir = mkdtempSync(join(tmpdir(), 'dexa-fuzz-'));
const rows = [HEAD];
try {
  for (const format of names) {
    const end = performance.now() + (minutes * 60_000) / names.length;
    using campaign = new Campaign(format, {
      dir,
      seed,
      corpus: readCorpus(format),
      goOn: () => performance.now() < end,
      keep: (bytes) => void addToCorpus(format, bytes, 'interesting'),
    });
    const result = await campaign.run();
    for (const { what, bytes } of result.defects.slice(0, SHOWN)) {
      process.stdout.write(
        `${addToCorpus(format, bytes, 'defect') ?? 'too large for the corpus'}\n  ${what}\n`,
      );
    }
    if (result.defects.length > 0) process.exitCode = 1;
    rows.push(rowOf(result));
  }
} finally {
  rmSync(dir, { recursive: true });
  (await duckdb()).closeSync();
}
process.stdout.write(textTable(rows));
if (values.only === undefined)
  await writeSection(
    'fuzz',
    `## Readers beside independent readers

\`npm run test:fuzz -- ${minutes} --seed ${seed}\`: generated files of every type that is taken, and damaged ones, read here and by
DuckDB (Parquet, JSON lines, CSV) or a second reader. Different: another value, a crash, more than 10 s or 512 MB.

${table(rows)}
`,
  );
