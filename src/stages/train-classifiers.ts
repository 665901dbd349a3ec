/** Module II (DEXA, section 4): trains a classifier per label, starting from the label's embedding; the encoder is frozen. */
import { join } from 'node:path';
import type { CandidateLoss } from '../model/losses/candidate-loss.js';
import type { CandidateBatch, CandidateSources } from '../sample/candidates.js';
import type { CandidateObjectiveOptions } from '../train/objectives/candidates.js';
import { FLOAT, INT, MIB, vectorBytes, type Cost, type Size } from './cost.js';
import type { EncoderTraits } from './initial-model.js';
import type { Stage, StageContext } from './stage.js';
import { samplingCost, visitedOf, type SamplerOptions } from './sampling.js';
import { trainObjective, type TrainingResources } from './training.js';

export interface TrainClassifiersOptions {
  loss: CandidateLoss;
  /** Peak learning rate, and the share of steps used for warm-up. */
  optimiser: { rate: number; warmupShare: number };
  /** Dropout rate on the text embeddings. */
  dropout: number;
  sampler: SamplerOptions;
  traits: EncoderTraits;
  resources: TrainingResources;
  /** Maximum MiB of classifiers and moments in memory. */
  memory: number;
  seed: number;
}

type Inputs = Readonly<Record<'rows' | 'labelEmbeddings' | 'embeddings' | 'positives', string>>;
type Part = 'train classifiers' | 'cluster texts';

/** Leaves `classifiers`, `.npy` float32 `[labels, dim]`, rows of unit length. */
export const trainClassifiers = (
  options: TrainClassifiersOptions,
): Stage<Inputs, { classifiers: string }, Part> => {
  const { loss, dropout, traits, seed } = options;
  const { epochs, batch, curriculum } = options.sampler;
  const { rate, warmupShare } = options.optimiser;
  const { threads } = options.resources;
  return {
    name: 'train classifiers',
    options: {
      ...{ classifierEpochs: epochs, classifierBatch: batch, classifierLr: rate, warmupShare, dropout },
      ...{ loss: { ...loss }, curriculum: { ...curriculum }, half: traits.half, seed, threads },
    },
    leaves: ({ kept }) => ({ classifiers: kept('classifiers.npy') }),
    cost: (size) => costOf(size, options),
    run: (inputs, { classifiers }, context) => train(inputs, classifiers, options, context),
  };
};

function costOf(size: Size, { sampler, traits, memory: most }: TrainClassifiersOptions): Cost<Part> {
  const { dim, half } = traits;
  const { labels, texts, labelled, means } = size;
  const { work, disk, memory } = samplingCost(size, sampler, traits);
  const moments = Math.min(labels, texts * means.labelsOfText) * 3 * dim * FLOAT;
  const stores = [visitedOf(labelled, sampler) * INT, texts * vectorBytes(dim, half)];
  return {
    work: { 'train classifiers': { ...work.train!, stores }, 'cluster texts': work['cluster texts']! },
    disk: [
      { what: 'classifiers', bytes: labels * dim * FLOAT, lasts: 'run' },
      { what: 'classifiers with moments', bytes: moments, lasts: 'stage' },
      ...disk,
    ],
    memory: [...memory, { what: 'classifiers with moments, at most', bytes: Math.min(most * MIB, moments) }],
  };
}

async function train(
  { rows, labelEmbeddings: labels, embeddings, positives }: Inputs,
  classifiers: string,
  { loss, optimiser, dropout, sampler, resources, memory, seed }: TrainClassifiersOptions,
  context: StageContext<Part>,
): Promise<{ steps: number; loss: number }> {
  const { rate, warmupShare } = optimiser;
  const result = await trainObjective<CandidateBatch, CandidateSources, CandidateObjectiveOptions>(
    {
      part: 'train classifiers',
      objective: {
        objective: new URL('../train/objectives/candidates.js', import.meta.url),
        options: (steps) => ({
          ...{ labels, rows: join(context.scratch, 'rows.npy'), memory: memory * MIB, loss, dropout },
          schedule: { kind: 'linear', rate, warmup: Math.round(steps * warmupShare), steps },
        }),
      },
      batches: {
        reader: new URL('../sample/candidates.js', import.meta.url),
        sources: { embeddings, positives },
      },
      visited: { rows, vectors: embeddings },
      ...{ sampler, resources, seed },
      model: { save: (trainer) => trainer.save(classifiers) },
    },
    context,
  );
  context.summarise(`classifiers: ${result.steps} steps, loss ${result.loss.toFixed(4)} in the last epoch`);
  return result;
}
