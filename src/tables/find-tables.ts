/** Which files of a folder hold which part of a data set, by their names. */
import { readdirSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { InputError } from '../errors.js';
import { findShards, SHARD, TABLE_END, twoSources } from '../store/shards.js';

/** The files of each part, shards in row order; empty if there are none. */
export interface Tables {
  train: readonly string[];
  test: readonly string[];
  labels: readonly string[];
  /** Names of tables that have no part in it. */
  others: readonly string[];
}

const NAMES = {
  train: [/^train(ing)?$/i],
  test: [/^test(ing)?$/i, /^(validation|valid|val|dev)$/i],
  labels: [/^(labels?|label[-_]?texts?|vocabulary|vocab)$/i],
};

/**
 * A file is all there is. In a folder, files are called `train`, `test` (or `validation`) and `labels`; where none is called `train`, the
 * only other one takes its place. Each may be in shards.
 * @throws InputError if there is no table, or it is not clear which one is meant.
 */
export function findTables(from: string): Tables {
  if (!isFolder(from)) return { train: [from], test: [], labels: [], others: [] };
  const tables = tablesIn(from);
  const named = (names: readonly RegExp[]): string | undefined =>
    names
      .map((name) => [...tables.keys()].find((stem) => name.test(stem)))
      .find((stem) => stem !== undefined);
  const [test, labels] = [named(NAMES.test), named(NAMES.labels)];
  const rest = [...tables.keys()].filter(
    (stem) =>
      !Object.values(NAMES)
        .flat()
        .some((name) => name.test(stem)),
  );
  const train = named(NAMES.train) ?? onlyOne(from, rest);
  const others = [...tables].filter(([stem]) => ![train, test, labels].includes(stem));
  const shards = (stem: string | undefined) => (stem === undefined ? [] : findShards(tables.get(stem)!));
  return {
    train: shards(train),
    test: shards(test),
    labels: shards(labels),
    others: others.map(([, path]) => basename(path)),
  };
}

export function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch (cause) {
    throw new InputError(`${path}: cannot be read: ${(cause as Error).message}`, { cause });
  }
}

/** The tables of a folder by name, without the end of the name and the number of the shard. */
function tablesIn(folder: string): Map<string, string> {
  const tables = new Map<string, string>();
  for (const name of readdirSync(folder).sort()) {
    const [end] = TABLE_END.exec(name) ?? [];
    if (end === undefined || name.startsWith('.')) continue;
    const stem = name.slice(0, -end.length).replace(SHARD, '');
    const path = join(folder, stem + end);
    const other = tables.get(stem) ?? path;
    if (other !== path) throw twoSources(other, path);
    tables.set(stem, path);
  }
  return tables;
}

function onlyOne(folder: string, stems: readonly string[]): string {
  const [stem, another] = stems;
  if (stem === undefined)
    throw new InputError(
      `${folder}: contains no table of texts, such as train.csv, .tsv, .jsonl or .parquet, and no lbl.json`,
    );
  if (another !== undefined)
    throw new InputError(
      `${folder}: several tables: ${stems.join(', ')}; name one train, or import one file`,
    );
  return stem;
}
