/** Training by an objective, with checkpoints in the stage's folder: it resumes from the newest. */
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

/** What a training runs on, and how often it writes a checkpoint. */
export interface TrainingResources {
  threads: number;
  checkpointMinutes: number;
}

export interface Training<Batch extends BatchPlan, Sources, Options> {
  /** As progress and the log name it. */
  part: string;
  /** The objective; its options once the number of steps is known. */
  objective: Pick<TrainerThreadOptions<Options>, 'objective' | 'device'> & {
    options: (steps: number) => Options;
  };
  /** Reads the mini-batches, by its default export, from `sources`. */
  batches: { reader: URL; sources: Sources };
  /** `.npy` of the rows to visit (int32, ascending), and of the vectors by which they are clustered. */
  visited: { rows: string; vectors: string };
  sampler: SamplerOptions;
  resources: TrainingResources;
  seed: number;
  /** What to do before the first step, unless training resumes; with what is trained; which epochs may be the best: default none. */
  model: {
    start?: () => void;
    save: (trainer: TrainerThread<Batch, Options>, best: string) => Promise<void>;
    best?: 'all' | 'checkpoints';
  };
}

/** Returns the steps made and the mean loss of the last epoch. */
export async function trainObjective<Batch extends BatchPlan, Sources, Options>(
  { part, objective, batches, visited, sampler, ...training }: Training<Batch, Sources, Options>,
  context: Omit<StageContext, 'counting'>,
): Promise<{ steps: number; loss: number }> {
  const { resources, seed } = training;
  const { start, save, best } = training.model;
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
      ...{ stage: part, trainer, log, length: { epochs: sampler.epochs, steps } },
      batches: { ...batches, size: sampler.batch },
      order: { ...visited, curriculum: sampler.curriculum, folder, seed, threads },
      saving: { checkpoints, from, minutes, ...(kept && { best: kept }) },
    },
    context,
  );
  await save(trainer, bestModel);
  return result;
}
