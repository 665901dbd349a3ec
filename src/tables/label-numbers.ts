/** From the names of labels to their numbers in a data set. */
import { InputError } from '../errors.js';
import type { BadRows } from '../formats/bad-rows.js';
import { toLists, withoutRepeats, type Lists } from '../formats/lists.js';
import type { Matrix } from '../formats/npy.js';
import { show } from '../show.js';
import type { NumberedNames } from '../store/name-numbers.js';

const BLOCK = 1 << 16;

/** Labels in the order of their names, or of a table whose row `i` is label `i`. */
export interface LabelNumbers {
  /** Number of labels. */
  readonly size: number;
  /** Number of labels that occur once. */
  readonly once: number;
  /** The label of a numbered name; −1 if there is none. */
  labelOf: (name: number) => number;
}

export function byName({ names, counts }: NumberedNames): LabelNumbers {
  return { size: names.rows, once: countOf(counts, 1), labelOf: (name) => name };
}

/**
 * By the entries of the keys of a table, in its order. A blank key is none.
 * @throws InputError naming the rows of two equal keys.
 */
export function byTable(
  { names, counts, numbers }: NumberedNames,
  { keys, path }: { keys: Matrix<'int32'>; path: string },
): LabelNumbers {
  const labels = new Int32Array(names.rows).fill(-1);
  const blank = names.rows > 0 && names.gather(Int32Array.of(0))[0] === '' ? 0 : -1; // the least name of all
  for (const { begin, values } of keys.blocks(BLOCK))
    numbers.gather(values).forEach((name, i) => {
      const row = begin + i;
      if (name === blank) return;
      const other = labels[name]!;
      if (other >= 0)
        throw new InputError(
          `${path}, row ${row}: ${show(names.gather(Int32Array.of(name))[0])} again, as in row ${other}; texts could mean either`,
        );
      labels[name] = row;
    });
  return { size: keys.rows, once: countOf(counts, 2), labelOf: (name) => labels[name]! };
}

/** How many names were added so many times. */
function countOf(counts: Matrix<'int32'>, times: number): number {
  let found = 0;
  for (const { values } of counts.blocks(BLOCK)) for (const count of values) if (count === times) found++;
  return found;
}

export interface NumberOptions {
  numbered: NumberedNames;
  labels: LabelNumbers;
  bad: BadRows;
  /** Tells where a row is, for an error. */
  placeOf: (row: number) => string;
}

/** Lists of entries as sets of labels. A row with a name that is no label is bad; repeats are dropped and counted. */
export function toLabels(entries: Lists, { numbered, labels, bad, placeOf }: NumberOptions): Lists {
  const names = numbered.numbers.gather(entries.values);
  const found = names.map(labels.labelOf);
  let all: Lists = { offsets: entries.offsets, values: found };
  if (found.includes(-1)) {
    const rows = Array.from({ length: entries.offsets.length - 1 }, (_x, row) => {
      const [begin, end] = [entries.offsets[row]!, entries.offsets[row + 1]!];
      const at = found.subarray(begin, end).indexOf(-1);
      if (at < 0) return found.subarray(begin, end);
      const name = numbered.names.gather(names.subarray(begin + at, begin + at + 1))[0];
      bad.add(new InputError(`${placeOf(row)}: no label ${show(name)} among the label texts`));
      return new Int32Array();
    });
    all = toLists(rows);
  }
  const { lists, repeats } = withoutRepeats(all);
  bad.repeats += repeats;
  return lists;
}
