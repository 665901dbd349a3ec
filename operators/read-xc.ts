/**
 * The raw files of the Extreme Classification Repository, gzip or plain: a label, a text or a filter pair a line.
 * All three readers: order kept; one file open, and one chunk of it in flight; errors surface at their line, as
 * `InputError` naming file, line and value; owns the open file.
 */
import type { ColumnBatch, Schema } from '../src/store/columns.js';
import type { FILTER_COLUMNS, LABEL_COLUMNS, TEXT_COLUMNS } from '../src/store/dataset.js';
import { readLines, type Line } from '../src/store/lines.js';
import { show } from '../src/store/values.js';
import { toLists } from '../src/store/ragged.js';
import { InputError } from '../src/stream/errors.js';
import { operator, type Operator } from '../src/stream/operator.js';

/** Which fields make a text. A field that is blank adds nothing. */
export type XcText = 'title' | 'title+content';

export interface ReadXcLabelsOptions {
  text: XcText;
}

export interface ReadXcTextsOptions {
  text: XcText;
  /** How many labels there are. */
  labels: number;
}

export interface ReadXcFilterOptions {
  /** How many texts there are. */
  rows: number;
  /** How many labels there are. */
  labels: number;
}

type Reader<S extends Schema> = Operator<string, ColumnBatch<S>>;

/** From paths of label files (one JSON object a line, with `title` and perhaps `content`) to the labels' texts. */
export function readXcLabels({ text }: ReadXcLabelsOptions): Reader<typeof LABEL_COLUMNS> {
  return reader('read-xc-labels', (lines) => ({
    rows: lines.length,
    columns: { text: lines.map((line) => textOf(parse(line), text, true)) },
  }));
}

/**
 * From paths of text files (one JSON object a line, with `title`, `target_ind` and, where it is part of the text,
 * `content`) to the texts and their labels. A label named twice for a text counts once.
 */
export function readXcTexts({ text, labels }: ReadXcTextsOptions): Reader<typeof TEXT_COLUMNS> {
  if (!(labels >= 1)) throw new RangeError(`labels: expected at least 1, got ${labels}`);
  return reader('read-xc-texts', (lines) => {
    const records = lines.map(parse);
    return {
      rows: records.length,
      columns: {
        text: records.map((record) => textOf(record, text, false)),
        labels: toLists(records.map((record) => targetsOf(record, labels))),
      },
    };
  });
}

/** From paths of filter files (a text's row and a label a line) to these pairs. Blank lines are nothing. */
export function readXcFilter(below: ReadXcFilterOptions): Reader<typeof FILTER_COLUMNS> {
  return reader<ColumnBatch<typeof FILTER_COLUMNS>>('read-xc-filter', (lines) => {
    const pairs = lines.filter(({ text }) => text.trim() !== '').map((line) => pairOf(line, below));
    return {
      rows: pairs.length,
      columns: {
        row: Int32Array.from(pairs, ([row]) => row),
        label: Int32Array.from(pairs, ([, label]) => label),
      },
    };
  });
}

/** What `make` makes of the lines that come together is a batch. */
function reader<Batch>(name: string, make: (lines: Line[]) => Batch): Operator<string, Batch> {
  return operator<string, Batch>(name, async function* (paths, { signal, progress }) {
    for await (const path of paths)
      for await (const lines of readLines(path)) {
        signal.throwIfAborted();
        yield make(lines);
        progress(lines.length);
      }
  });
}

interface XcRecord {
  readonly place: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

const fail = (place: string, expected: string, value: unknown): never => {
  throw new InputError(`${place}: expected ${expected}, got ${value === undefined ? 'none' : show(value)}`);
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

/** Labels often have no content at all, and say so by leaving it out. */
function textOf({ place, fields }: XcRecord, text: XcText, ofLabel: boolean): string {
  const { title, content = ofLabel ? '' : undefined } = fields;
  if (typeof title !== 'string') return fail(place, 'a text as title', title);
  if (text === 'title') return title;
  if (typeof content !== 'string') return fail(place, 'a text as content', content);
  return [title, content].filter((part) => part.trim() !== '').join(' ');
}

function targetsOf({ place, fields: { target_ind: targets } }: XcRecord, labels: number): number[] {
  if (!Array.isArray(targets)) return fail(place, 'a list as target_ind', targets);
  for (const target of targets as unknown[])
    if (!Number.isInteger(target) || (target as number) < 0 || (target as number) >= labels)
      fail(place, `0..${labels - 1} in target_ind`, target);
  return [...new Set(targets as number[])];
}

function pairOf({ place, text }: Line, { rows, labels }: ReadXcFilterOptions): [row: number, label: number] {
  const [, row, label] = /^\s*(\d+)\s+(\d+)\s*$/.exec(text) ?? [];
  if (!(Number(row) < rows && Number(label) < labels))
    fail(place, `a row below ${rows} and a label below ${labels}`, text);
  return [Number(row), Number(label)];
}
