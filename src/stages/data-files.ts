/** A data set and its label counts, as files: nothing that grows with the data set stays in memory. */
import { writeColumn } from '../formats/npy.js';
import type { Dataset } from '../store/dataset.js';
import { INT, type Cost, type Size } from './cost.js';
import type { LabelCounts } from './count-labels.js';
import type { Places } from './places.js';

export interface DataFiles {
  readonly dataset: Dataset;
  /** Changes when a file that training reads changes; see `fingerprintOf`. */
  readonly fingerprint: string;
  /** `.npy` int32 `[labels]`: training texts of each label. */
  readonly frequency: string;
  /** `.npy` int32: rows of the training texts that have labels, ascending. */
  readonly labelled: string;
  readonly size: Size;
}

type Known = Pick<DataFiles, 'dataset' | 'fingerprint' | 'size'>;

export const dataFiles = (known: Known, places: Places): DataFiles => ({
  ...known,
  frequency: places.temporary('label-frequency.npy'),
  labelled: places.temporary('labelled-texts.npy'),
});

/** A data set that does not exist, for a plan. */
export const planData = (size: Size, places: Places): DataFiles => {
  const { name, labels, texts } = size;
  const dataset: Dataset = {
    ...{ name, labels, train: texts, test: 0, propensity: [0.55, 1.5], dir: '', ids: false },
    paths: { labels: [], train: [], test: [], filterTrain: undefined, filterTest: undefined },
    sums: { bytesOfLabels: 0, bytesOfTexts: 0, labelsOfTexts: 0 },
  };
  return dataFiles({ dataset, fingerprint: '', size }, places);
};

export function writeCounts(data: DataFiles, { frequency, labelled }: LabelCounts): void {
  writeColumn(data.frequency, [frequency]);
  writeColumn(data.labelled, labelled.blocks());
}

/** Cost of counting labels, which happens before the first stage. */
export const countingCost = ({ labels, texts }: Size): Cost<'count labels'> => ({
  work: { 'count labels': { rows: texts } },
  disk: [{ what: 'frequencies', bytes: labels * INT + texts * INT, lasts: 'training' }],
  memory: [{ what: 'counting labels', bytes: labels * 4 + texts / 8 }],
});

/** Approximate bytes of text per token. */
const BYTES_OF_TOKEN = 4;

export function sizeOf(
  { dir, labels, train: texts, sums }: Dataset,
  { frequency, labelled, named }: LabelCounts,
): Size {
  const mean = (sum: number, rows: number): number => (rows > 0 ? sum / rows : 0);
  const bytesOfLabel = named ? mean(sums.bytesOfLabels, labels) : 0;
  return {
    name: dir,
    labels,
    texts,
    labelled: labelled.count,
    tail: tailOf(frequency),
    means: {
      bytesOfLabel,
      tokensOfLabel: bytesOfLabel / BYTES_OF_TOKEN,
      tokensOfText: mean(sums.bytesOfTexts, texts) / BYTES_OF_TOKEN,
      labelsOfText: mean(sums.labelsOfTexts, texts),
    },
  };
}

/** Counts labels by their number of texts: few numbers differ, so that the labels need not stay in memory. */
function tailOf(frequency: Int32Array): Size['tail'] {
  const labelsWith = new Map<number, number>();
  for (const texts of frequency) labelsWith.set(texts, (labelsWith.get(texts) ?? 0) + 1);
  return (minCount) =>
    [...labelsWith].reduce((sum, [texts, labels]) => sum + (texts < minCount ? labels : 0), 0);
}
