/** Copies the labels of the training texts into the run, for a source whose neighbours vote for their labels. */
import { readParquet } from '../../operators/read-parquet.js';
import { writeLists } from '../../operators/write-lists.js';
import { whileUnchanged } from '../files/unchanged.js';
import { WORD_NEIGHBOURS } from '../sources/published.js';
import { pipeline } from '../stream/pipeline.js';
import { listBytes } from './cost.js';
import type { DataFiles } from './data-files.js';
import type { Stage } from './stage.js';

/** Leaves the base name `labels`. */
export const copyTextLabels = (): Stage<{ data: DataFiles }, { labels: string }, 'copy text labels'> => ({
  name: 'copy text labels',
  options: {},
  leaves: ({ kept }) => ({ labels: kept(WORD_NEIGHBOURS.files.labels) }),
  cost: ({ texts, means }) => ({
    work: { 'copy text labels': { rows: texts } },
    disk: [{ what: 'labels of texts', bytes: listBytes(texts, means.labelsOfText), lasts: 'run' }],
  }),
  run: async ({ data }, { labels: base }, { counting }) => {
    const { labels, paths, train } = data.dataset;
    const copied = pipeline(
      paths.train,
      readParquet({ columns: { labels: 'int32[]' }, below: { labels } }),
      writeLists({ base, lists: ({ columns }) => columns.labels }),
    );
    await whileUnchanged(paths.train, () =>
      copied.drain(counting('copy text labels', 'read-parquet', train)),
    );
  },
});
