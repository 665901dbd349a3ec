/** Rows of delimited text: CSV, TSV and their kin (RFC 4180, with any delimiter and with or without quotes). */
import { isUtf8 } from 'node:buffer';
import { pipeline } from 'node:stream';
import { parse, type Info, type Options } from 'csv-parse';
import { InputError } from '../errors.js';
import { checkBeginning } from '../files/beginning.js';
import { asText, show } from '../show.js';
import { bytesOf, unreadable } from './bytes.js';
import { LONGEST_TEXT } from './lines.js';

/** How the cells of a file are told apart. */
export interface Delimiting {
  /** One character. */
  delimiter: string;
  /** Cells may stand between these, a quote within them is doubled; undefined: a quote is a character like any other. */
  quote: string | undefined;
}

/** A row as it is in the file. */
export interface CsvRow {
  /** File and line where it begins (from 1), as errors name them. */
  readonly place: string;
  readonly cells: readonly Buffer[];
}

/** Bytes of the longest row: each quote of a text is doubled; a mebibyte is left for other cells. */
export const LONGEST_ROW = 2 * LONGEST_TEXT + 2 ** 20;

/** Rows and bytes after which a batch is yielded. */
const MOST = { rows: 1024, bytes: 1 << 20 };

/** Options of the parser: cells as bytes, which are checked where they are read; ragged rows are left to the reader. */
export const parserOptions = ({ delimiter, quote }: Delimiting): Options => ({
  delimiter,
  quote: quote ?? null,
  encoding: null,
  info: true,
  relax_column_count: true,
  skip_empty_lines: true,
  record_delimiter: ['\r\n', '\n'],
  max_record_size: LONGEST_ROW,
});

/** What the parser gives for a row. */
export interface Parsed {
  record: Buffer[];
  info: Info;
}

/**
 * The rows of a UTF-8 file, decompressed by the end of its name; blank lines are none. Reads no further than it is pulled.
 * @throws InputError naming file and line if the file is missing, truncated or UTF-16, a quote is out of place or never closed, or a
 * row is too long.
 */
export async function* readRows(path: string, delimiting: Delimiting): AsyncGenerator<CsvRow[]> {
  // where the next row begins, but for blank lines
  let [line, blank] = [1, 0];
  let [rows, bytes]: [CsvRow[], number] = [[], 0];
  try {
    // leaving the loop early destroys all streams; the loop itself reports an error of any
    const parser = pipeline(checked(path), parse(parserOptions(delimiting)), () => undefined);
    for await (const { record, info } of parser as AsyncIterable<Parsed>) {
      rows.push({ place: `${path}:${line + info.empty_lines - blank}`, cells: record });
      bytes += record.reduce((sum, { length }) => sum + length, 0);
      [line, blank] = [info.lines + 1, info.empty_lines];
      if (rows.length < MOST.rows && bytes < MOST.bytes) continue;
      yield rows;
      [rows, bytes] = [[], 0];
    }
  } catch (cause) {
    throw refused({ path, place: `${path}:${line}` }, cause);
  }
  if (rows.length > 0) yield rows;
}

/** The text of a cell. @throws InputError with the place if it is not UTF-8. */
export function cellText(place: string, cell: Buffer): string {
  const text = isUtf8(cell) ? asText(cell.toString()) : undefined;
  if (text !== undefined) return text;
  throw new InputError(`${place}: expected UTF-8 without NUL, got ${show(cell.toString('latin1'))}`);
}

const MARK = Buffer.from('\uFEFF');

/** The first bytes without a byte order mark. @throws InputError if they are those of another kind of file. */
export function beginning(path: string, chunk: Buffer): Buffer {
  checkBeginning(path, chunk);
  return chunk.subarray(0, MARK.length).equals(MARK) ? chunk.subarray(MARK.length) : chunk;
}

async function* checked(path: string): AsyncGenerator<Buffer> {
  let first = true;
  for await (const chunk of bytesOf(path)) {
    yield first ? beginning(path, chunk) : chunk;
    first = false;
  }
}

const QUOTING: Readonly<Record<string, string>> = {
  CSV_QUOTE_NOT_CLOSED: 'a quote is opened and never closed',
  CSV_INVALID_CLOSING_QUOTE: 'text between the closing quote of a cell and the next delimiter',
  INVALID_OPENING_QUOTE: 'a quote within a cell that does not begin with one',
};

/** What the parser or the file threw, as bad input. */
function refused(at: { path: string; place: string }, cause: unknown): InputError {
  if (cause instanceof InputError) return cause;
  const { code = '' } = cause as NodeJS.ErrnoException;
  if (code === 'CSV_MAX_RECORD_SIZE')
    return new InputError(`${at.place}: a row of more than ${LONGEST_ROW} bytes; is a quote never closed?`, {
      cause,
    });
  const quoting = QUOTING[code];
  if (quoting === undefined) return unreadable(at, cause);
  return new InputError(`${at.place}: ${quoting}; where quotes mean nothing, read it with --quote none`, {
    cause,
  });
}
