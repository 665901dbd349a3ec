/** Copies the label texts into the run, so that it can name its predictions without the data set. */
import { readParquet } from '../../operators/read-parquet.js';
import { writeTexts } from '../../operators/write-texts.js';
import { whileUnchanged } from '../files/unchanged.js';
import { LABEL_COLUMNS } from '../store/dataset.js';
import { pipeline } from '../stream/pipeline.js';
import { OFFSET } from './cost.js';
import type { DataFiles } from './data-files.js';
import type { Stage } from './stage.js';

/** Leaves the base name `texts`. */
export const copyLabelTexts = (): Stage<{ data: DataFiles }, { texts: string }, 'copy label texts'> => ({
  name: 'copy label texts',
  options: {},
  leaves: ({ kept }) => ({ texts: kept('label-texts') }),
  cost: ({ labels, means }) => ({
    work: { 'copy label texts': { rows: labels } },
    disk: [{ what: 'label texts', bytes: labels * (OFFSET + means.bytesOfLabel), lasts: 'run' }],
  }),
  run: async ({ data }, { texts }, { counting }) => {
    const { labels, paths } = data.dataset;
    const copied = pipeline(
      paths.labels,
      readParquet({ columns: LABEL_COLUMNS }),
      writeTexts({ base: texts }),
    );
    await whileUnchanged(paths.labels, () =>
      copied.drain(counting('copy label texts', 'read-parquet', labels)),
    );
  },
});
