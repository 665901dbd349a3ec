/** Imports what people have as a data set: tables of any kind, or the raw files of the Extreme Classification Repository. */
import { basename, resolve } from 'node:path';
import * as z from 'zod';
import { command, runIfMain } from '../src/command/command.js';
import { integer, outOption } from '../src/command/common.js';
import { checkOptions } from '../src/command/options.js';
import { InputError } from '../src/errors.js';
import { print } from '../src/files/standard-output.js';
import { propensityOf } from '../src/metrics/propensity.js';
import { TABLE_END } from '../src/store/shards.js';
import type { Watch } from '../src/stream/progress.js';
import { dryRun } from '../src/tables/dry-run.js';
import { importNumbered } from '../src/tables/import-numbered.js';
import { importTables } from '../src/tables/import-tables.js';
import type { Imported } from '../src/tables/imported.js';
import { findNumbered, xcText, type Found } from '../src/tables/numbered-formats.js';

/** How to read tables in which texts name their labels. What is not given is found out and told. */
const TableOptions = z.object({
  labels: z.string().min(1).optional().meta({
    description:
      'column of the labels, by name or id; default: labels, categories, tags, … or the only other column',
    value: 'NAME',
  }),
  labelSeparator: z.string().min(1).optional().meta({
    description: 'what is between labels in a cell: a text, space, tab, or none; default: found out',
    value: 'TEXT',
  }),
  labelTexts: z.string().optional().meta({
    description:
      'table of labels: their ids, by which texts name them, and their texts; default: the file labels of the folder',
    value: 'FILE',
  }),
  heldOut: z.string().optional().meta({
    description: 'share of the rows that become test texts where no file has them; default 10%',
    value: 'N%',
  }),
  group: z.string().min(1).optional().meta({
    description: 'column whose equal values are held out together, such as an author',
    value: 'NAME',
  }),
  seed: integer(0).default(0).meta({ description: 'seed of the choice of test texts' }),
  delimiter: z
    .string()
    .regex(/^([ -~]|tab)$/)
    .optional()
    .meta({
      description: 'what is between cells: a character, or tab; default: found out',
      value: 'CHAR',
    }),
  quote: z
    .string()
    .regex(/^([ -~]|none)$/)
    .optional()
    .meta({
      description: 'what is around cells: a character, or none; default: found out',
      value: 'CHAR',
    }),
});

export const ImportOptions = z.object({
  from: z.string().meta({
    description:
      'table of texts and their labels, .csv, .tsv, .jsonl or .parquet (also .gz and .zst), or a folder with train and optionally test and labels, each a table, also in shards; or the raw files lbl.json, trn.json and tst.json of the Extreme Classification Repository (also .gz), or labels.parquet, train.parquet and test.parquet with labels as row numbers, both with optional filter files',
    value: 'FROM',
    positional: true,
  }),
  out: outOption(),
  text: z.string().min(1).optional().meta({
    description: 'columns or fields that make up a text; default: text or title, or what else is usual',
    value: 'NAME,…',
  }),
  name: z
    .string()
    .optional()
    .meta({ description: 'name of the data set; default: name of the file or folder', value: 'NAME' }),
  propensity: z.tuple([z.number().positive(), z.number().positive()]).optional().meta({
    description:
      'constants of the propensity model; default: the published ones for the name: 0.6,2.6 for Amazon, 0.5,0.4 for Wikipedia, else 0.55,1.5',
    value: 'A,B',
  }),
  id: z.string().min(1).optional().meta({
    description:
      'column or JSON field of your own ids of labels and texts, kept and answered with; default: id or uid, where there is one',
    value: 'NAME',
  }),
  onBadRow: z.enum(['stop', 'skip']).default('stop').meta({
    description:
      'stop: the first bad row ends the import; skip: a bad row is treated as empty, so row numbers do not shift',
    value: 'stop|skip',
  }),
  dryRun: z.boolean().default(false).meta({
    description:
      'show the first rows as they are understood, with counts and what looks wrong; write nothing',
  }),
  ...TableOptions.shape,
});
export type ImportOptions = z.input<typeof ImportOptions>;

/**
 * Reads each file once and writes the data set, in bounded memory.
 * @throws InputError (as cause) naming file, line or row, and value; then nothing is left in `out`.
 */
export async function importDataset(given: ImportOptions, watch: Watch = {}): Promise<Imported> {
  const options = checkOptions(ImportOptions, given);
  const { from, out, onBadRow, text, id } = options;
  const { name = basename(resolve(from)).replace(TABLE_END, ''), propensity = propensityOf(name) } = options;
  const common = { out, onBadRow, description: { name, propensity: [...propensity] as [number, number] } };
  const found = await findNumbered(from);
  if (found) {
    checkNumbered(found, options);
    return importNumbered({ ...common, found, text: xcText(text), id }, watch);
  }
  const { labels, labelSeparator, labelTexts, heldOut, group, seed, delimiter, quote } = options;
  const asked = {
    columns: { text, labels, id, group },
    separator: labelSeparator === 'tab' ? '\t' : labelSeparator,
    delimiting: {
      ...(delimiter !== undefined && { delimiter: delimiter === 'tab' ? '\t' : delimiter }),
      ...(quote !== undefined && { quote: quote === 'none' ? undefined : quote }),
    },
  };
  return importTables({ ...common, from, asked, labelTexts, heldOut: { share: heldOut, seed } }, watch);
}

/** Options of tables do nothing where labels are row numbers and all parts are there. */
function checkNumbered({ sources }: Found, options: z.output<typeof ImportOptions>): void {
  for (const name of [
    'labels',
    'labelSeparator',
    'labelTexts',
    'heldOut',
    'group',
    'delimiter',
    'quote',
  ] as const)
    if (options[name] !== undefined)
      throw new InputError(`${name}: does not apply, since labels are rows of ${sources.labels[0]!}`);
}

/** What is told of an import, as lines. */
function summaryOf({
  dataset,
  emptyLabels,
  emptyTexts,
  unlabelled,
  bad,
  repeats,
  doubtful,
}: Imported): string[] {
  const { labels, train, test } = dataset;
  const lines = [
    `${labels} labels (${emptyLabels} of them empty), ${train} training and ${test} test texts ` +
      `(${emptyTexts} of them empty, ${unlabelled} without labels)`,
  ];
  if (bad.count > 0) lines.push(`${bad.count} bad rows treated as empty`);
  if (repeats > 0) lines.push(`${repeats} labels named again by the same text dropped`);
  if (doubtful)
    lines.push(`${doubtful.once} labels occur once; ${doubtful.shared} test texts are training texts too`);
  return lines;
}

export const importCommand = command({
  name: 'import',
  summary:
    'Create a data set from CSV, TSV, JSON lines or Parquet, or from the Extreme Classification Repository',
  options: ImportOptions,
  async run(options, watch) {
    const make = (out: string) => importDataset({ ...options, out }, watch);
    const { imported, lines } = options.dryRun
      ? await dryRun(make)
      : { imported: await make(options.out), lines: [] };
    const { bad, dataset } = imported;
    for (const reason of bad.reasons) watch.note?.(`bad row: ${reason}`);
    if (bad.count > bad.reasons.length) watch.note?.(`and ${bad.count - bad.reasons.length} more bad rows`);
    const [first, ...others] = summaryOf(imported);
    const what = options.dryRun ? 'nothing written' : dataset.dir;
    await print([...lines, `${what}: ${first!}`, ...others, ''].join('\n'));
  },
});
await runIfMain(import.meta.url, importCommand);
