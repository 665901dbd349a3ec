/** How a training visits its texts, and what that costs. */
import { CLUSTER_MEMORY } from '../../operators/cluster-assign.js';
import { InputError } from '../errors.js';
import { clustersAnew, clusterSize, type Curriculum } from '../sample/curriculum.js';
import { clusteringDisk, INT, vectorBytes, type Clustering, type Cost, type Size } from './cost.js';

/** How an epoch's mini-batches are drawn. */
export interface SamplerOptions {
  epochs: number;
  /** At most, over all epochs; default all. */
  steps?: number | undefined;
  /** Texts per mini-batch. */
  batch: number;
  curriculum: Curriculum;
}

/** Steps of a training on so many texts. */
export const stepsOf = (texts: number, { epochs, steps = Infinity, batch }: SamplerOptions): number =>
  Math.min(steps, Math.floor(texts / batch) * epochs);

export interface Visits extends SamplerOptions {
  /** Name of the option for `batch`, in errors. */
  batchOption: string;
  /** Training texts that are visited in an epoch. */
  visited: number;
  /** Of the embeddings by which texts are clustered. */
  dim: number;
  half: boolean;
}

/** What the sampling of a training costs, with its clusterings. @throws InputError if a mini-batch has more texts than there are. */
export function samplingCost(
  { name }: Size,
  { batchOption, visited, dim, half, ...sampler }: Visits,
): Required<Cost<'train' | 'cluster texts'>> {
  if (sampler.batch > visited)
    throw new InputError(
      `${batchOption}: expected at most ${visited} (the training texts of ${name} that have labels), got ${sampler.batch}`,
    );
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
