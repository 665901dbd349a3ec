/** Holds texts back from training, so that the ranker is fitted to texts that no source was trained on. */
import { Matrix, writeColumn } from '../formats/npy.js';
import { permutation } from '../permutation.js';
import { Random } from '../random.js';
import { RowSet } from '../store/row-set.js';
import { INT } from './cost.js';
import type { DataFiles } from './data-files.js';
import type { Stage } from './stage.js';

/** Share of the labelled training texts that is held back. */
const SHARE = 0.05;

/** Maximum number: as NGAME's fusion was measured here; boosted trees gain a little from more, but each takes time and memory. */
const MOST = { published: 20_000, boosted: 10_000 };

/** Boosted trees need this many, or a tenth of the texts. */
const FEW = { count: 300, share: 0.1 };

/** The ranker that texts are held back for; `false` if there is none. */
export type HeldBack = keyof typeof MOST | false;

/** How many of `labelled` texts are held back: at least one, unless there is no other. */
export function heldCount(labelled: number, ranker: HeldBack): number {
  if (ranker === false || labelled < 2) return 0;
  const least = ranker === 'boosted' ? Math.min(FEW.count, FEW.share * labelled) : 0;
  return Math.floor(Math.min(MOST[ranker], Math.max(1, SHARE * labelled, least)));
}

/** Leaves `rows` to train on and the rows `held` back, int32 `.npy`, both ascending. */
export const holdBackTexts = ({
  seed,
  ranker,
}: {
  seed: number;
  ranker: keyof typeof MOST;
}): Stage<{ data: DataFiles; labelled: string }, { rows: string; held: string }, never> => ({
  name: 'hold back texts',
  options: { seed, ranker },
  leaves: ({ temporary }) => ({ rows: temporary('text-rows.npy'), held: temporary('held-back.npy') }),
  cost: ({ texts }) => ({
    work: {},
    disk: [{ what: 'rows of the texts', bytes: texts * INT, lasts: 'training' }],
  }),
  run: async ({ data, labelled }, leaves, { summarise }) => {
    const texts = readRows(labelled, data.dataset.train);
    const held = holdBack(texts, seed, ranker);
    writeColumn(leaves.rows, texts.blocks());
    writeColumn(leaves.held, [held]);
    summarise(`${held.length} texts held back from training, to fit the ranker to`);
    return { held: held.length };
  },
});

/**
 * Removes some texts at random and returns them, ascending. Classifiers score the labels of their training texts higher than
 * those of new texts, so a fusion fitted to training texts would weight them too highly.
 */
export function holdBack(texts: RowSet, seed: number, ranker: keyof typeof MOST): Int32Array {
  const count = heldCount(texts.count, ranker);
  const rowAt = permutation(texts.size, Random.of(seed, 'held back').below(2 ** 31));
  const held = new Int32Array(count);
  for (let i = 0, taken = 0; taken < count; i++) if (texts.has(rowAt(i))) held[taken++] = rowAt(i);
  for (const row of held) texts.delete(row);
  return held.sort();
}

function readRows(path: string, size: number): RowSet {
  using rows = Matrix.open(path, 'int32');
  const set = new RowSet(size);
  for (const { values } of rows.blocks(65_536)) for (const row of values) set.add(row);
  return set;
}
