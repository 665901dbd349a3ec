/** Copies the labels of the training texts, for training and for sources whose neighbours vote for their labels. */
import { readParquet } from '../../operators/read-parquet.js';
import { writeLists } from '../../operators/write-lists.js';
import { whileUnchanged } from '../files/unchanged.js';
import { NEIGHBOURS } from '../sources/published.js';
import { pipeline } from '../stream/pipeline.js';
import { listBytes } from './cost.js';
import type { DataFiles } from './data-files.js';
import type { Stage } from './stage.js';

/** Leaves the base name `positives`; `keep`: whether a source of the run needs it. */
export const copyTextLabels = ({
  keep,
}: {
  keep: boolean;
}): Stage<{ data: DataFiles }, { positives: string }, 'copy text labels'> => ({
  name: 'copy text labels',
  options: {},
  leaves: ({ kept, temporary }) => ({ positives: (keep ? kept : temporary)(NEIGHBOURS.files.labels) }),
  cost: ({ texts, means }) => ({
    work: { 'copy text labels': { rows: texts } },
    disk: [
      {
        what: 'labels of texts',
        bytes: listBytes(texts, means.labelsOfText),
        lasts: keep ? 'run' : 'training',
      },
    ],
  }),
  run: async ({ data }, { positives: base }, { counting }) => {
    const { labels, paths, train } = data.dataset;
    const copied = pipeline(
      paths.train,
      readParquet({ columns: { labels: 'int32 set' }, below: { labels } }),
      writeLists({ base, lists: ({ columns }) => columns.labels }),
    );
    await whileUnchanged(paths.train, () =>
      copied.drain(counting('copy text labels', 'read-parquet', train)),
    );
  },
});
