/** Indexes the TF-IDF features of labels or training texts by their terms: with the index, texts find what shares terms with them. */
import { countRows } from '../formats/npy.js';
import { NAMES, WORD_NEIGHBOURS } from '../sources/published.js';
import { featureFiles } from '../sparse/features.js';
import { SparseReader } from '../sparse/store.js';
import { POSTINGS, transpose } from '../sparse/transpose.js';
import { FLOAT, INT, OFFSET } from './cost.js';
import { FEATURES } from './count-features.js';
import type { Stage } from './stage.js';
import { sparseBytes, type WeighTextsOptions } from './weigh-texts.js';

const INDEXES = { labels: NAMES.files.index, texts: WORD_NEIGHBOURS.files.index };
/** Bytes of a posting. */
const POSTING = INT + FLOAT;

/** Leaves the base name `index`. Returns the number of postings, 0 if there are no terms. Memory: that of `transpose`. */
export const indexTerms = ({
  of,
  kinds,
}: Pick<WeighTextsOptions, 'of' | 'kinds'>): Stage<
  { rows: string; features: string },
  { index: string },
  'index texts' | 'index labels'
> => ({
  name: `index ${of} by ${kinds.join(', ')}`,
  options: {},
  leaves: ({ kept }) => ({ index: kept(INDEXES[of]) }),
  cost: (size) => {
    const postings = sparseBytes(size, { of, kinds }) / POSTING;
    return {
      work: { [`index ${of}`]: { rows: size[of] * passesFor(postings) } },
      disk: [
        {
          what: `index of ${of} by terms`,
          bytes: POSTING * postings + (OFFSET + FLOAT) * FEATURES * (size.texts + size.labels),
          lasts: 'run',
        },
      ],
      memory: [
        {
          what: `postings of ${of}`,
          bytes: POSTING * Math.min(POSTINGS, postings) + INT * (size.texts + size.labels),
        },
      ],
    };
  },
  run: async ({ rows, features }, { index }, { report, signal }) => {
    const { rows: count, size } = sizeOf(rows);
    const [stage, total] = [`index ${of}` as const, count * passesFor(size)];
    let done = 0;
    const onRows = (more: number): void => {
      signal?.throwIfAborted();
      report?.({ stage, done: (done += more), total });
    };
    await transpose({ rows, into: index, columns: countRows(featureFiles(features).terms), onRows });
    return { postings: size };
  },
});

/** Over the rows: one that counts, then one per block of postings. */
const passesFor = (postings: number): number => 1 + Math.max(1, Math.ceil(postings / POSTINGS));

function sizeOf(base: string): { rows: number; size: number } {
  using reader = new SparseReader(base);
  const { rows, size } = reader;
  return { rows, size };
}
