/** Copies the label texts into the run, so that it can name its predictions without the data set. */
import { readParquet } from '../../operators/read-parquet.js';
import { renameColumn } from '../../operators/rename-column.js';
import { writeTexts } from '../../operators/write-texts.js';
import { whileUnchanged } from '../files/unchanged.js';
import { ID_COLUMN, LABEL_COLUMNS } from '../store/dataset.js';
import { pipeline } from '../stream/pipeline.js';
import { OFFSET } from './cost.js';
import type { DataFiles } from './data-files.js';
import type { Stage } from './stage.js';
import type { FileBatch } from '../formats/columns.js';

/** Leaves the base name `texts`, and `ids` if the labels have ids of their maker. */
export const copyLabelTexts = ({ ids = false } = {}): Stage<
  { data: DataFiles },
  { texts: string; ids?: string },
  'copy label texts'
> => ({
  name: 'copy label texts',
  options: {},
  leaves: ({ kept }) => ({ texts: kept('label-texts'), ...(ids && { ids: kept('label-ids') }) }),
  cost: ({ labels, means }) => ({
    work: { 'copy label texts': { rows: labels } },
    disk: [{ what: 'label texts', bytes: labels * (OFFSET + means.bytesOfLabel), lasts: 'run' }],
  }),
  run: async ({ data }, { texts, ids: base }, { counting }) => {
    const { labels, paths } = data.dataset;
    const copyIds =
      base === undefined
        ? undefined
        : pipeline(
            paths.labels,
            readParquet({ columns: ID_COLUMN }),
            renameColumn<FileBatch<typeof ID_COLUMN>, FileBatch<typeof LABEL_COLUMNS>>({
              from: 'id',
              to: 'text',
            }),
            writeTexts({ base }),
          );
    const copied = pipeline(
      paths.labels,
      readParquet({ columns: LABEL_COLUMNS }),
      writeTexts({ base: texts }),
    );
    await whileUnchanged(paths.labels, async () => {
      await copied.drain(counting('copy label texts', 'read-parquet', labels));
      await copyIds?.drain();
    });
  },
});
