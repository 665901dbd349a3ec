/** CSV with cells of any text, with quotes where they are needed or not, and as the package writes it. */
import fc from 'fast-check';
import { writeFileSync } from 'node:fs';
import { writeCsv } from '../../../operators/write-csv.js';
import { pipeline } from '../../../src/index.js';
import { toBatch } from '../../table.js';
import type { Recipe } from '../format.js';
import { asText } from '../outcome.js';
import { text } from '../values.js';
import { COLUMNS } from './readers.js';

const cell = text.filter((value) => !value.includes('\0'));
const rowOfCells = fc.tuple(cell, cell, cell);

/** A cell, and whether it has quotes that it does not need. */
const written = fc.tuple(rowOfCells, fc.tuple(fc.boolean(), fc.boolean(), fc.boolean()));

const spelt = (value: string, quotes: boolean): string =>
  quotes || /["\r\n,]/.test(value) || value.startsWith('\ufeff') ? `"${value.replaceAll('"', '""')}"` : value;

const byOthers: fc.Arbitrary<Recipe> = fc
  .record({
    rows: fc.array(written, { maxLength: 6 }),
    ending: fc.constantFrom('\n', '\r\n'),
    last: fc.boolean(),
    mark: fc.constantFrom('', '', '\ufeff'),
  })
  .map(({ rows, ending, last, mark }) => ({
    what: `${rows.length} rows`,
    expected: { rows: { values: asText(rows.map(([cells]) => cells)) } },
    make: async (path) => {
      const lines = rows.map(([cells, quotes]) => cells.map((value, i) => spelt(value, quotes[i]!)).join());
      writeFileSync(path, mark + ['a,b,c', ...lines].join(ending) + (last ? ending : ''));
    },
  }));

const byPackage: fc.Arbitrary<Recipe> = fc.array(rowOfCells, { minLength: 1, maxLength: 8 }).map((rows) => ({
  what: `by the package: ${rows.length} rows`,
  expected: { rows: { values: asText(rows) } },
  make: async (path) => {
    const [a, b, c] = [0, 1, 2].map((at) => rows.map((row) => row[at]!));
    await pipeline([toBatch(COLUMNS, { a, b, c } as never)], writeCsv({ path, columns: COLUMNS })).drain();
  },
}));

export const csvRecipes = fc.oneof({ weight: 5, arbitrary: byOthers }, { weight: 1, arbitrary: byPackage });
