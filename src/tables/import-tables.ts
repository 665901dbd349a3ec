/**
 * Imports tables in which texts name their labels. A first pass stores texts on disk and the names of their labels in an external sort,
 * which numbers them; a second one writes the data set. Nothing with an entry per text or name is in memory, but for an int32 per label
 * where a table of labels says which number it has.
 */
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { InputError } from '../errors.js';
import { BadRows, type OnBadRow } from '../formats/bad-rows.js';
import { createDataset, type DatasetDescription } from '../store/dataset.js';
import { NameNumbers } from '../store/name-numbers.js';
import type { Watch } from '../stream/progress.js';
import { findTables } from './find-tables.js';
import { heldGroups, heldRows, shareOf, type HeldOut } from './held-out.js';
import type { Imported } from './imported.js';
import { byName, byTable } from './label-numbers.js';
import { understandLabels, type LabelTable } from './label-table.js';
import { SharedTexts } from './shared-texts.js';
import { storeLabels, storeTexts, type Import } from './store-rows.js';
import { understand, type Asked, type Understood } from './understand.js';
import { writeNames, writeTexts } from './write-parts.js';

export interface ImportTablesOptions {
  /** File or folder. */
  from: string;
  /** Folder to create. */
  out: string;
  asked: Asked;
  /** A file of label texts; default: that of the folder, if it has one. */
  labelTexts: string | undefined;
  /** What is held out where there is no file of test texts: a share such as 10%, the default, chosen by the seed. */
  heldOut: { share: string | undefined; seed: number };
  description: Pick<DatasetDescription, 'name' | 'propensity'>;
  onBadRow: OnBadRow;
}

/** The tables, as they are understood. */
interface Parts {
  train: Understood;
  /** Without it some training texts are held out. */
  test: Understood | undefined;
  held: HeldOut;
  labels: LabelTable | undefined;
}

/** @throws InputError (also as a cause) naming file, row and value; then nothing is left in `out`. */
export async function importTables(options: ImportTablesOptions, watch: Watch): Promise<Imported> {
  const parts = await understandAll(options, watch);
  const bad = new BadRows(options.onBadRow);
  const counts = { emptyTexts: 0, emptyLabels: 0, unlabelled: 0 };
  const doubtful = { once: 0, shared: 0 };
  const dataset = await createDataset(options.out, async (partial) => {
    const scratch = join(partial, 'scratch');
    await mkdir(scratch);
    try {
      using names = new NameNumbers({ scratch });
      const { once, shared, ...sizes } = await build(parts, { partial, scratch, names, bad, counts, watch });
      Object.assign(doubtful, { once, shared });
      return { ...options.description, ...sizes };
    } finally {
      await rm(scratch, { recursive: true, force: true });
    }
  });
  return {
    dataset,
    ...counts,
    bad: { count: bad.count, reasons: bad.reasons },
    repeats: bad.repeats,
    doubtful,
  };
}

/** Finds the tables and looks at the beginning of each. */
async function understandAll(
  { from, asked, labelTexts, heldOut }: ImportTablesOptions,
  watch: Watch,
): Promise<Parts> {
  const found = findTables(from);
  if (found.others.length > 0) watch.note?.(`${from}: not read: ${found.others.join(', ')}`);
  const train = await understand(found.train, asked, watch);
  const [test] = found.test;
  if (test !== undefined && (heldOut.share ?? asked.columns.group) !== undefined)
    throw new InputError(`${test}: these are the test texts, so none are held out`);
  const labels = labelTexts === undefined ? found.labels : [labelTexts];
  const { sample, separator } = train;
  return {
    train,
    test: test === undefined ? undefined : await understand(found.test, { ...asked, separator }, watch),
    held: {
      share: shareOf(heldOut.share ?? '10%'),
      seed: heldOut.seed,
      grouped: asked.columns.group !== undefined,
    },
    labels: labels.length > 0 ? await understandLabels(labels, { ...asked, sample }, watch) : undefined,
  };
}

/** Writes the files of a data set. Returns what is to be told of them. */
async function build({ train, test, held, labels }: Parts, work: Import) {
  using keys = labels && (await storeLabels(labels, work));
  using texts = await storeTexts(train, { part: 'train', isHeld: heldGroups(held) }, work);
  using own = test && (await storeTexts(test, { part: 'test' }, work));
  using numbered = work.names.finish();
  const known = keys ? byTable(numbered, { keys, path: labels.table.paths[0]! }) : byName(numbered);
  if (known.size === 0) throw new InputError(`${train.table.paths[0]!}: no text has a label`);
  if (!keys) await writeNames(numbered, work);
  using shared = new SharedTexts(work.scratch);
  const writing = { ...work, numbered, labels: known, shared };
  const isHeld = test ? () => false : heldRows(held, texts.rows);
  const all = { stored: texts, ids: train.roles.id !== undefined };
  const rows = await writeTexts({ ...all, part: 'train', has: (...row) => !isHeld(...row) }, writing);
  const others = test && own && { stored: own, ids: test.roles.id !== undefined, has: () => true };
  const testRows = await writeTexts({ ...all, has: isHeld, ...others, part: 'test' }, writing);
  if (held.grouped && !test && Math.min(rows, testRows) === 0)
    throw new InputError(
      `${train.roles.group!}: all rows fall in one part; it has too few values, or try another seed`,
    );
  return { train: rows, test: testRows, labels: known.size, once: known.once, shared: shared.count() };
}
