/** Counts the terms of training texts and label texts: those that are frequent enough are the features of all sparse sources. */
import { countTerms } from '../../operators/count-terms.js';
import { readParquet } from '../../operators/read-parquet.js';
import { whileUnchanged } from '../files/unchanged.js';
import { FeatureCounter } from '../sparse/feature-counter.js';
import { kindsOf, type LeastFrequencies } from '../sparse/features.js';
import { LABEL_COLUMNS, trainingFiles } from '../store/dataset.js';
import { pipeline } from '../stream/pipeline.js';
import { INT, MIB } from './cost.js';
import type { DataFiles } from './data-files.js';
import type { Stage } from './stage.js';

export interface CountFeaturesOptions {
  /** Kinds of terms and their minimum document frequencies. */
  least: LeastFrequencies;
  threads: number;
}

/** New terms per text, a rough mean of titles, with character n-grams or without; those frequent enough are features. */
const [TERMS, WITH_CHARACTERS] = [6, 8];
export const FEATURES = 2.5;
/** Bytes of the table of terms in memory when it is full; see `FeatureCounter`. */
const TABLE = 72 * MIB;
/** Fewer texts make more batches, which are slower to merge. */
const BATCH = 2048;

/** Leaves the base name `features`. Returns their number, 0 if no text has a word. Memory: the table of terms. */
export const countFeatures = ({
  least,
  threads,
}: CountFeaturesOptions): Stage<{ data: DataFiles }, { features: string }, 'count features'> => ({
  name: 'count features',
  options: { least },
  leaves: ({ kept }) => ({ features: kept('features') }),
  cost: ({ labels, texts }) => {
    const terms = (labels + texts) * (least.characters === undefined ? TERMS : WITH_CHARACTERS);
    return {
      work: { 'count features': { rows: labels + texts } },
      disk: [
        { what: 'features', bytes: (labels + texts) * FEATURES * 2 * INT, lasts: 'run' },
        { what: 'terms being counted', bytes: terms * 2 * INT, lasts: 'stage' },
      ],
      memory: [{ what: 'terms being counted', bytes: Math.min(TABLE, 36 * terms) }],
    };
  },
  run: async ({ data: { dataset } }, { features }, { scratch, counting }) => {
    const { paths, labels, train } = dataset;
    using counter = new FeatureCounter({ scratch });
    const counted = pipeline(
      [...paths.train, ...paths.labels],
      readParquet({ columns: LABEL_COLUMNS, batch: BATCH }),
      countTerms({ kinds: [...kindsOf(least)], threads }),
    ).run(counting('count features', 'count-terms', labels + train));
    await whileUnchanged(trainingFiles(dataset), async () => {
      for await (const { frequencies, rows } of counted) counter.add(frequencies, rows);
    });
    return await counter.finish(features, least);
  },
});
