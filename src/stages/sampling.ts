/** How training samples its texts, and what that costs. */
import { CLUSTER_MEMORY } from '../../operators/cluster-assign.js';
import { InputError } from '../errors.js';
import { clustersAnew, clusterSize, type Curriculum } from '../sample/curriculum.js';
import { heldCount, type HeldBack } from './hold-back.js';
import type { EncoderTraits } from './initial-model.js';
import { clusteringDisk, INT, vectorBytes, type Clustering, type Cost, type Size } from './cost.js';

/** How an epoch's mini-batches are drawn. */
export interface SamplerOptions {
  epochs: number;
  /** Maximum number over all epochs; default: all. */
  steps?: number | undefined;
  /** Texts per mini-batch. */
  batch: number;
  curriculum: Curriculum;
  /** For which ranker some of the labelled texts are held back. */
  heldBack: HeldBack;
}

/** Number of training steps on `texts` texts. */
export const stepsOf = (texts: number, { epochs, steps = Infinity, batch }: SamplerOptions): number =>
  Math.min(steps, Math.floor(texts / batch) * epochs);

/** Texts visited per epoch, given the number that have labels. */
export const visitedOf = (labelled: number, { heldBack }: Pick<SamplerOptions, 'heldBack'>): number =>
  labelled - heldCount(labelled, heldBack);

/** Texts per mini-batch: as many as there are, if more are asked for. */
export const batchOf = (asked: number, texts: number): number => Math.max(1, Math.min(asked, texts));

/** Cost of sampling, clusterings included. */
export function samplingCost(
  { name, labelled }: Size,
  sampler: SamplerOptions,
  { dim, half }: EncoderTraits,
): Required<Cost<'train' | 'cluster texts'>> {
  const visited = visitedOf(labelled, sampler);
  if (visited === 0)
    throw new InputError(`${name}: no training text has a label, so there is nothing to train`);
  const visits = stepsOf(visited, sampler) * sampler.batch;
  const clusterings = clusteringsOf(visited, sampler).map((own) => ({ ...own, dim }));
  return {
    work: {
      train: { rows: visits },
      'cluster texts': {
        rows: clusterings.reduce((sum, { rows, times }) => sum + rows * times, 0),
        clusterings,
      },
    },
    disk: [
      { what: 'orders of the texts', bytes: visited * INT, lasts: 'stage' },
      clusteringDisk(Math.min(visited, visits), vectorBytes(dim, half)),
    ],
    memory: [{ what: 'texts being clustered, at most', bytes: Math.min(CLUSTER_MEMORY, visited * dim * 4) }],
  };
}

/** How often the texts are clustered, and into how many clusters. */
function clusteringsOf(texts: number, sampler: SamplerOptions): Omit<Clustering, 'dim'>[] {
  const { epochs, batch, curriculum } = sampler;
  const begun = Math.min(epochs, Math.ceil(stepsOf(texts, sampler) / Math.max(1, Math.floor(texts / batch))));
  const times = new Map<number, number>();
  for (let epoch = 0; epoch < begun; epoch++)
    if (clustersAnew(curriculum, epoch)) {
      const clusters = Math.ceil(texts / clusterSize(curriculum, epoch));
      times.set(clusters, (times.get(clusters) ?? 0) + 1);
    }
  return [...times].map(([clusters, count]) => ({ rows: texts, clusters, times: count }));
}
