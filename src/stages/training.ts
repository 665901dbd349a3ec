/** Trains an objective, with checkpoints in the stage's folder; resumes from the newest. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { TrainerThread, type TrainerThreadOptions } from '../../operators/train-step.js';
import { countRows } from '../formats/npy.js';
import type { BatchPlan } from '../sample/reader.js';
import { BestModel } from '../store/best-model.js';
import { Checkpoints } from '../store/checkpoints.js';
import { trainEpochs } from './epochs.js';
import { stepsOf, type SamplerOptions } from './sampling.js';
import type { StageContext } from './stage.js';

/** What training runs on, and how often it writes checkpoints. */
export interface TrainingResources {
  threads: number;
  checkpointMinutes: number;
}

export interface Training<Batch extends BatchPlan, Sources, Options> {
  /** Its name in progress and log. */
  part: string;
  /** The objective, and its options given the number of steps. */
  objective: Pick<TrainerThreadOptions<Options>, 'objective' | 'device'> & {
    options: (steps: number) => Options;
  };
  /** `reader` is a file whose default export reads mini-batches from `sources`. */
  batches: { reader: URL; sources: Sources };
  /** `.npy` files: the rows to visit (int32, ascending), and the vectors by which they are clustered. */
  visited: { rows: string; vectors: string };
  sampler: SamplerOptions;
  resources: TrainingResources;
  seed: number;
  /**
   * `start` runs before the first step of a new training, `save` writes the model, `best`: epochs to choose from, `judge` sees
   * each epoch's means and returns a line for the user if something is wrong.
   */
  model: {
    start?: () => void;
    save: (trainer: TrainerThread<Batch, Options>, best: BestModel | undefined) => Promise<void>;
    best?: 'all' | 'checkpoints';
    judge?: (epoch: { loss: number; cosine?: number | undefined }) => string | undefined;
  };
}

/** Returns the number of steps and the mean loss of the last epoch. */
export async function trainObjective<Batch extends BatchPlan, Sources, Options>(
  { part, objective, batches, visited, sampler, ...training }: Training<Batch, Sources, Options>,
  context: Omit<StageContext, 'counting'>,
): Promise<{ steps: number; loss: number }> {
  const { resources, seed } = training;
  const { start, save, best, judge } = training.model;
  const { scratch, identity, note, log } = context;
  const { threads, checkpointMinutes: minutes } = resources;
  const [folder, bestModel] = [join(scratch, 'clusters'), join(scratch, 'best')];
  const steps = stepsOf(countRows(visited.rows), sampler);
  const checkpoints = new Checkpoints(join(scratch, 'checkpoints'), { config: { identity } });
  const from = await checkpoints.latest((message) => note?.(message));
  if (!from) {
    for (const path of [folder, bestModel]) rmSync(path, { recursive: true, force: true });
    start?.();
  }
  const options = objective.options(steps);
  await using trainer = new TrainerThread<Batch, Options>({ ...objective, options, threads, seed, from });
  const kept = best && { model: new BestModel(bestModel), of: best };
  const result = await trainEpochs<Batch, Sources>(
    {
      ...{ stage: part, trainer, log, judge, length: { epochs: sampler.epochs, steps } },
      batches: { ...batches, size: sampler.batch },
      order: { ...visited, curriculum: sampler.curriculum, folder, seed, threads },
      saving: { checkpoints, from, minutes, ...(kept && { best: kept }) },
    },
    context,
  );
  await save(trainer, kept?.model);
  return result;
}
