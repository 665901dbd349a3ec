/** Finds out how a delimited file is written, from its beginning. */
import { parse } from 'csv-parse/sync';
import { bytesOf, unreadable } from './bytes.js';
import { beginning, cellText, parserOptions, type Delimiting, type Parsed } from './csv.js';

/** What is found out by reading the beginning of a file. */
export interface Beginning extends Delimiting {
  /** The cells of the first row, if there is one. */
  first: string[] | undefined;
}

/** Bytes of the beginning. */
const BEGINNING = 256 << 10;

const TABS = /\.(tsv|tab)(\.(gz|zst))?$/i;
/** In files with commas and semicolons quotes always mean something. */
const USUAL: readonly Delimiting[] = [
  { delimiter: ',', quote: '"' },
  { delimiter: '\t', quote: '"' },
  { delimiter: ';', quote: '"' },
  { delimiter: '|', quote: '"' },
  { delimiter: '\t', quote: undefined },
  { delimiter: '|', quote: undefined },
];

/**
 * Reads the beginning of a file. What is not given is found out: the delimiter (of a `.tsv` a tab) and the quoting by which the most
 * rows have as many cells as the first one; of equal ones those by which quotes are in place, then those that make the most cells, then
 * the most rows; then quotes and a comma.
 * @throws InputError if the file cannot be read, or is not UTF-8 text.
 */
export async function readBeginning(path: string, given: Partial<Delimiting> = {}): Promise<Beginning> {
  const bytes = await beginningOf(path);
  const read = candidatesOf(path, given).map((one) => ({ ...one, ...parsed(bytes, one) }));
  const { delimiter, quote, rows } = read.reduce((best, other) => (isBetter(other, best) ? other : best));
  return { delimiter, quote, first: rows[0]?.map((cell) => cellText(path, cell)) };
}

function candidatesOf(path: string, given: Partial<Delimiting>): Delimiting[] {
  const known = { ...(TABS.test(path) && { delimiter: '\t' }), ...given };
  const usual = USUAL.filter(({ delimiter }) => delimiter === (known.delimiter ?? delimiter));
  return (usual.length > 0 ? usual : USUAL.slice(0, 1)).map((one) => ({ ...one, ...known }));
}

interface Beginnings {
  rows: Buffer[][];
  /** Whether the quotes are in place. */
  fits: boolean;
}

function isBetter(one: Beginnings, other: Beginnings): boolean {
  const [scores, others] = [scoresOf(one), scoresOf(other)];
  const at = scores.findIndex((score, i) => score !== others[i]);
  return at >= 0 && scores[at]! > others[at]!;
}

/** What decides, most first. The share of the rows with as many cells as the first is none if that is one. */
function scoresOf({ rows, fits }: Beginnings): number[] {
  const cells = rows[0]?.length ?? 0;
  const alike = rows.filter((row) => row.length === cells).length / Math.max(1, rows.length);
  return [cells > 1 ? alike : 0, Number(fits), cells, rows.length];
}

/** The rows that are complete, and whether all are as they should be. */
function parsed(
  { bytes, complete }: { bytes: Buffer; complete: boolean },
  delimiting: Delimiting,
): Beginnings {
  const rows: Buffer[][] = [];
  let fits = true;
  const options = {
    ...parserOptions(delimiting),
    on_record: ({ record }: Parsed) => {
      rows.push(record);
      return null;
    },
  };
  try {
    parse(bytes, options as never); // the types do not know of rows as bytes
    if (!complete && rows.length > 1) rows.pop();
  } catch (error) {
    // a beginning may end within quotes
    fits = !complete && (error as NodeJS.ErrnoException).code === 'CSV_QUOTE_NOT_CLOSED';
  }
  return { rows, fits };
}

async function beginningOf(path: string): Promise<{ bytes: Buffer; complete: boolean }> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of bytesOf(path)) {
      chunks.push(size === 0 ? beginning(path, chunk) : chunk);
      size += chunk.length;
      if (size >= BEGINNING) return { bytes: Buffer.concat(chunks), complete: false };
    }
  } catch (cause) {
    throw unreadable({ path, place: path }, cause);
  }
  return { bytes: Buffer.concat(chunks), complete: true };
}
