/** JSON lines with every type of field, spelt in the ways that JSON permits, and as the package writes them. */
import fc from 'fast-check';
import { writeFileSync } from 'node:fs';
import { writeJsonl } from '../../../operators/write-jsonl.js';
import { pipeline } from '../../../src/index.js';
import { toBatch } from '../../table.js';
import { COLUMN_TYPES } from '../acceptable.js';
import type { Recipe } from '../format.js';
import { float, integers, plainRow, text } from '../values.js';

const spelt: fc.Arbitrary<string> = fc.oneof(
  { weight: 6, arbitrary: text.map((value) => JSON.stringify(value)) },
  { weight: 1, arbitrary: text.map((value) => `"${escaped(value)}"`) },
  { weight: 1, arbitrary: fc.constantFrom('"\\ud800"', '"\\ud83d\\ude00"', '"\\/"', '"\\u0000"') },
);
/** Each UTF-16 unit by its number. */
const escaped = (value: string): string =>
  Array.from(
    { length: value.length },
    (_x, i) => `\\u${value.charCodeAt(i).toString(16).padStart(4, '0')}`,
  ).join('');

const id: fc.Arbitrary<string> = fc.oneof(
  { weight: 9, arbitrary: integers({ bits: 32, signed: false }).map(String) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      '1e2',
      '2.0',
      '-0',
      '0.5',
      '-1',
      '2147483648',
      '9007199254740993',
      '1E+2',
      'null',
      '"1"',
    ),
  },
);
const number: fc.Arbitrary<string> = fc.oneof(
  { weight: 9, arbitrary: float.map((value) => JSON.stringify(value)) },
  {
    weight: 1,
    arbitrary: fc.constantFrom('1e39', '-1e308', '1e-400', '0.1e1', '-0.0', '123456789012345678', 'true'),
  },
);
const listOf = (item: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc
    .tuple(fc.array(item, { maxLength: 4 }), fc.constantFrom(',', ' , ', ',\t'))
    .map(([all, comma]) => `[${all.join(comma)}]`);

const FIELDS: Readonly<Record<string, fc.Arbitrary<string>>> = {
  string: spelt,
  key: fc.oneof(spelt, id, number),
  int32: id,
  'int32[]': listOf(id),
  'int32 set': listOf(id),
  'float32[]': listOf(number),
  'string[]': listOf(spelt),
  other: fc.json({ maxDepth: 2 }),
};

const line: fc.Arbitrary<string> = fc
  .tuple(fc.shuffledSubarray(Object.keys(FIELDS), { minLength: 5 }), fc.record(FIELDS))
  .map(([names, fields]) => `{${names.map((name) => `"${name}": ${fields[name]!}`).join()}}`);

const byOthers: fc.Arbitrary<Recipe> = fc
  .record({
    lines: fc.array(line, { maxLength: 4 }),
    ending: fc.constantFrom('\n', '\n', '\r\n'),
    last: fc.boolean(),
  })
  .map(({ lines, ending, last }) => ({
    what: `${lines.length} lines`,
    make: async (path) => {
      writeFileSync(path, lines.join(ending) + (last && lines.length > 0 ? ending : ''));
    },
  }));

const byPackage: fc.Arbitrary<Recipe> = fc.array(plainRow, { minLength: 1, maxLength: 8 }).map((rows) => ({
  what: `by the package: ${rows.length} lines`,
  make: async (path) => {
    const columns = Object.fromEntries(COLUMN_TYPES.map((type) => [type, type]));
    const table = Object.fromEntries(COLUMN_TYPES.map((type) => [type, rows.map((row) => row[type])]));
    await pipeline([toBatch(columns, table as never)], writeJsonl({ path, columns })).drain();
  },
}));

export const jsonlRecipes = fc.oneof({ weight: 5, arbitrary: byOthers }, { weight: 1, arbitrary: byPackage });
