/** Prints docs/limits.md: `npm run --silent limits > docs/limits.md`. */
import { pathToFileURL } from 'node:url';
import { DEEPEST_JSON } from '../src/files/read-json.js';
import { MOST_IDS } from '../src/formats/columns.js';
import { LONGEST_ROW } from '../src/formats/csv.js';
import { LONGEST_LINE, LONGEST_TEXT } from '../src/formats/lines.js';
import { LARGEST_FOOTER } from '../src/formats/parquet-footer.js';
import { LARGEST_PAGE } from '../src/formats/parquet-pages.js';
import { MOST_HEADER_BYTES } from '../src/formats/safetensors.js';
import { MOST_TOKENS } from '../src/encode/hugging-face/config.js';
import { MOST_ROWS } from '../src/encode/hashed-words.js';
import { LEAST_UNITS, UNITS_PER_TOKEN } from '../src/encode/token-cache.js';
import { MOST_LABELS } from '../src/search/found.js';
import { TERM_BITS, UNITS } from '../src/sparse/terms.js';

const mebibytes = (bytes: number): string => `${bytes / 2 ** 20} MiB`;
const counted = (count: number): string => count.toLocaleString('en-US');

const LIMITS: readonly (readonly [what: string, limit: string, beyond: string])[] = [
  [
    'a line of a text or JSON file',
    `${mebibytes(LONGEST_LINE)}, so any text of ${mebibytes(LONGEST_TEXT)}`,
    'refused with its file and line',
  ],
  ['levels of a JSON file', counted(DEEPEST_JSON), 'refused with the file'],
  [
    'the footer of a Parquet file: about a hundred bytes for each column of each row group',
    mebibytes(LARGEST_FOOTER),
    'refused with the file',
  ],
  ['a row of a CSV or TSV file', mebibytes(LONGEST_ROW), 'refused with its file and line'],
  ['an uncompressed page of a Parquet file', mebibytes(LARGEST_PAGE), 'refused with the file'],
  ['the header of a safetensors file', mebibytes(MOST_HEADER_BYTES), 'refused with the file'],
  ['labels, texts of a part, and ids', counted(MOST_IDS - 1), 'refused with row and value'],
  ['tokens of a text', counted(MOST_TOKENS), 'cut'],
  [
    'UTF-16 units of a text, read for each token that is kept',
    `${UNITS_PER_TOKEN[1]}, at least ${counted(LEAST_UNITS)}`,
    'not read',
  ],
  ['UTF-16 units of a text whose words are counted', counted(UNITS), 'not read'],
  [
    'distinct words, pairs of words and 4-grams of characters, of each kind',
    counted(2 ** TERM_BITS),
    'count as one with another',
  ],
  ['rows for hashed words', counted(MOST_ROWS), 'refused'],
  ['labels found for a text', counted(MOST_LABELS), 'refused'],
];

export const limitsText = (): string => {
  const rows = LIMITS.map((row) => `| ${row.join(' | ')} |`);
  const head = [
    '# Limits',
    '',
    'Beyond a limit there is one line, or the rest is left out, as the last column says.',
    '',
  ];
  const command = ['', 'Written by `npm run --silent limits > docs/limits.md`.', ''];
  return [...head, '| what | at most | beyond |', '| --- | --- | --- |', ...rows, ...command].join('\n');
};

if (import.meta.url === pathToFileURL(process.argv[1]!).href) process.stdout.write(limitsText());
