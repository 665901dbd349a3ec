/**
 * Readers for the raw files of the Extreme Classification Repository, gzip or plain: one label, text or filter pair per
 * line. All three: order kept; one file open, and one chunk of it in flight; a bad line surfaces when its chunk is read, as
 * `InputError` naming file, line and value, or is treated as empty if bad rows are skipped; owns the open file.
 */
import type { FileBatch, Schema } from '../src/formats/columns.js';
import type { FILTER_COLUMNS, LABEL_COLUMNS, TEXT_COLUMNS } from '../src/store/dataset.js';
import type { Line } from '../src/formats/lines.js';
import { asKey, asText, showGiven } from '../src/show.js';
import { toLists } from '../src/formats/lists.js';
import { BadRows } from '../src/formats/bad-rows.js';
import { checkInteger, InputError } from '../src/errors.js';
import type { Operator } from '../src/stream/operator.js';
import { byLines } from './read-lines.js';

/** The fields that make up a text. A blank field adds nothing. */
export type XcText = 'title' | 'title+content';

interface XcOptions {
  /** How to handle bad lines; by default the first one ends the run. */
  bad?: BadRows | undefined;
  /** A field with what the maker of the data knows a label or text by, to be read as the column `id`; default none. */
  id?: string | undefined;
}

export interface ReadXcLabelsOptions extends XcOptions {
  text: XcText;
}

export interface ReadXcTextsOptions extends XcOptions {
  text: XcText;
  /** Number of labels. */
  labels: number;
}

export interface ReadXcFilterOptions extends XcOptions {
  /** Number of texts. */
  rows: number;
  /** Number of labels. */
  labels: number;
}

type Reader<S extends Schema> = Operator<string, FileBatch<S>>;

/**
 * Reads label files (one JSON object per line, with `title` and optionally `content`) as label texts. A skipped bad line is
 * still a label, so label ids do not shift.
 */
export function readXcLabels({ text, id, bad = stop() }: ReadXcLabelsOptions): Reader<typeof LABEL_COLUMNS> {
  return byLines<typeof LABEL_COLUMNS>('read-xc-labels', Infinity, (lines) => ({
    rows: lines.length,
    columns: columnsOf(
      lines.map((line) =>
        bad.read(
          () => {
            const record = parse(line);
            return { text: textOf(record, text, true), id: idOf(record, id) };
          },
          { text: '', id: '' },
        ),
      ),
      id,
    ),
  }));
}

/**
 * Reads text files (one JSON object per line, with `title`, `target_ind` and, where it is part of the text, `content`) as
 * texts and their labels. A label listed twice for a text counts once.
 */
export function readXcTexts({
  text,
  labels,
  id,
  bad = stop(),
}: ReadXcTextsOptions): Reader<typeof TEXT_COLUMNS> {
  checkInteger('labels', labels);
  const read = (line: Line): { text: string; id: string; targets: number[] } => {
    const record = parse(line);
    return {
      text: textOf(record, text, false),
      id: idOf(record, id),
      targets: targetsOf(record, labels, bad),
    };
  };
  return byLines<typeof TEXT_COLUMNS>('read-xc-texts', Infinity, (lines) => {
    const rows = lines.map((line) => bad.read(() => read(line), { text: '', id: '', targets: [] }));
    return {
      rows: rows.length,
      columns: { ...columnsOf(rows, id), labels: toLists(rows.map((row) => row.targets)) },
    };
  });
}

/** Reads filter files (a text's row and a label per line) as pairs. Blank lines are ignored. */
export function readXcFilter({ bad = stop(), ...below }: ReadXcFilterOptions): Reader<typeof FILTER_COLUMNS> {
  return byLines<typeof FILTER_COLUMNS>('read-xc-filter', Infinity, (lines) => {
    const pairs = lines
      .map((line) => bad.read(() => pairOf(line, below), undefined))
      .filter((pair) => pair !== undefined);
    return {
      rows: pairs.length,
      columns: {
        row: Int32Array.from(pairs, ([row]) => row),
        label: Int32Array.from(pairs, ([, label]) => label),
      },
    };
  });
}

const stop = (): BadRows => new BadRows('stop');

interface XcRecord {
  readonly place: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

const fail = (place: string, expected: string, value: unknown): never => {
  throw new InputError(`${place}: expected ${expected}, got ${showGiven(value)}`);
};

function parse({ place, text }: Line): XcRecord {
  let fields: unknown;
  try {
    fields = JSON.parse(text);
  } catch {
    fail(place, 'a JSON object', text);
  }
  if (typeof fields !== 'object' || fields === null || Array.isArray(fields))
    fail(place, 'a JSON object', fields);
  return { place, fields: fields as Record<string, unknown> };
}

/** The column of texts, and of ids if there are some. */
const columnsOf = (rows: readonly { text: string; id: string }[], id: string | undefined) => ({
  text: rows.map((row) => row.text),
  ...(id !== undefined && { id: rows.map((row) => row.id) }),
});

/** A number or a text; empty if there is none. */
function idOf({ place, fields }: XcRecord, id: string | undefined): string {
  if (id === undefined) return '';
  const value = fields[id] ?? '';
  return asKey(value) ?? fail(place, `a text or an integer of at most 2^53 as ${id}`, value);
}

/** Labels often have no content and then lack the field. */
function textOf({ place, fields }: XcRecord, text: XcText, ofLabel: boolean): string {
  const { title: first, content: second = ofLabel ? '' : undefined } = fields;
  const title = asText(first) ?? fail(place, 'a text as title', first);
  if (text === 'title') return title;
  const content = asText(second) ?? fail(place, 'a text as content', second);
  return [title, content].filter((part) => part.trim() !== '').join(' ');
}

function targetsOf(
  { place, fields: { target_ind: targets } }: XcRecord,
  labels: number,
  bad: BadRows,
): number[] {
  if (!Array.isArray(targets)) return fail(place, 'a list as target_ind', targets);
  for (const target of targets as unknown[])
    if (!Number.isInteger(target) || (target as number) < 0 || (target as number) >= labels)
      fail(place, `0..${labels - 1} in target_ind`, target);
  const distinct = [...new Set(targets as number[])];
  bad.repeats += targets.length - distinct.length;
  return distinct;
}

/** `undefined` for a blank line. */
function pairOf(
  { place, text }: Line,
  { rows, labels }: Omit<ReadXcFilterOptions, 'bad'>,
): [row: number, label: number] | undefined {
  if (text.trim() === '') return undefined;
  const [, row, label] = /^\s*(\d+)\s+(\d+)\s*$/.exec(text) ?? [];
  if (!(Number(row) < rows && Number(label) < labels))
    fail(place, `a row below ${rows} and a label below ${labels}`, text);
  return [Number(row), Number(label)];
}
