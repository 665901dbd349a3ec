/** The formats that are fuzzed. */
import fc from 'fast-check';
import { csvRecipes } from './csv/recipes.js';
import { damageOf, flip, shiftOf } from './damage.js';
import type { Format } from './format.js';
import { jsonlRecipes } from './jsonl/recipes.js';
import { npyRecipes } from './npy/recipes.js';
import { parquetRecipes } from './parquet/recipes.js';
import { safetensorsRecipes } from './safetensors/recipes.js';

/** Bytes from the start that may be damaged; most files are shorter, and places beyond their ends are taken modulo. */
const REACH = 4000;

/** Mostly single bits: a file that differs more from a valid one is refused early. */
const damaged = (texts: readonly string[]): Format['damage'] => {
  const one = fc.oneof(
    { weight: 5, arbitrary: fc.nat(8 * REACH).map(flip) },
    { weight: 2, arbitrary: shiftOf(REACH, texts) },
    { weight: 1, arbitrary: damageOf(REACH) },
  );
  const few = fc.array(one, { minLength: 1, maxLength: 3, size: 'xsmall' });
  return few.map((all) => (bytes) => all.reduce((left, damage) => damage(left), bytes));
};

const JSON_TEXTS = [
  '"',
  ',',
  '[',
  ']',
  '{',
  '}',
  ':',
  '-',
  '.',
  '1e999',
  '1e39',
  'null',
  '\\ud800',
  '\\u0000',
  '0',
];

export const FORMATS = {
  parquet: {
    recipes: parquetRecipes,
    damage: damaged([
      'PAR1',
      '\x15\x00',
      '\x15\x02',
      '\x15\x10',
      '\x15\xfe\xff\xff\xff\x0f',
      '\x16\xfe\xff\xff\x0f',
      '\xfe\xff\xff\x7f\x01',
      '\x03\xff',
      '\x00',
    ]),
  },
  npy: {
    recipes: npyRecipes,
    damage: damaged([
      "'",
      '(',
      ')',
      ',',
      ' ',
      'True',
      '<f2',
      '|u1',
      '999999999',
      '0',
      '-1',
      "'shape': (1,), ",
      '\\x00',
      'L',
    ]),
  },
  safetensors: {
    recipes: safetensorsRecipes,
    damage: damaged([
      ...JSON_TEXTS,
      '9007199254740993',
      '"BF16"',
      '"shape":[0],',
      '"__proto__":',
      '"__metadata__":',
    ]),
  },
  jsonl: {
    recipes: jsonlRecipes,
    damage: damaged([
      ...JSON_TEXTS,
      '\n',
      '\r',
      '\xef\xbb\xbf',
      '"string":"again",',
      '"int32":3,',
      '\xc0\x80',
    ]),
  },
  csv: {
    recipes: csvRecipes,
    damage: damaged(['"', '""', ',', '\n', '\r\n', '\n\n', ' ', '\0', '\xef\xbb\xbf', '\xc0\x80', 'a,b,c\n']),
  },
} satisfies Record<string, Format>;

export type FormatName = keyof typeof FORMATS;
export const FORMAT_NAMES = Object.keys(FORMATS) as FormatName[];
