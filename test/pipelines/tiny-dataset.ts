import {
  createDataset,
  datasetFiles,
  FILTER_COLUMNS,
  ID_COLUMN,
  LABEL_COLUMNS,
  TEXT_COLUMNS,
  type Dataset,
} from '../../src/store/dataset.js';
import { writeTable } from '../table.js';

export interface Tiny {
  labels: string[];
  /** Ids of the labels; default none. */
  ids?: string[];
  train: [text: string, labels: number[]][];
  /** Pairs of a training text and a label. */
  filter?: [row: number, label: number][];
}

/** A data set with the given labels and training texts, in row groups of two. */
export const tinyDataset = (dir: string, { labels, ids, train, filter }: Tiny): Promise<Dataset> =>
  createDataset(dir, async (partial) => {
    const files = datasetFiles(partial);
    const rowGroup = 2;
    const [path, text] = [files.labels, labels];
    if (ids)
      await writeTable({ path, columns: { ...LABEL_COLUMNS, ...ID_COLUMN }, rowGroup }, { text, id: ids });
    else await writeTable({ path, columns: LABEL_COLUMNS, rowGroup }, { text });
    await writeTable(
      { path: files.train, columns: TEXT_COLUMNS, rowGroup },
      { text: train.map(([text]) => text), labels: train.map(([, of]) => of) },
    );
    await writeTable({ path: files.test, columns: TEXT_COLUMNS }, { text: [], labels: [] });
    if (filter)
      await writeTable(
        { path: files.filterTrain, columns: FILTER_COLUMNS, rowGroup },
        { row: filter.map(([row]) => row), label: filter.map(([, label]) => label) },
      );
    return { name: 'tiny', labels: labels.length, train: train.length, test: 0, propensity: [0.55, 1.5] };
  });
