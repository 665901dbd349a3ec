import type { Dataset } from './store/dataset.js';

/**
 * Opens a data set: reads its description and the footers of its Parquet files, which are loaded at the first call.
 * @throws InputError if a file is missing, invalid, or has another number of rows than `dataset.json` says.
 * @example
 * const { labels, paths, propensity } = await openDataset('data/wordnet');
 * console.log(labels, paths.train); // 117791 ['data/wordnet/train.parquet']
 */
export async function openDataset(dir: string): Promise<Dataset> {
  const dataset = await import('./store/dataset.js');
  return dataset.openDataset(dir);
}
