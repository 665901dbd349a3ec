/** Module I: trains the encoder, with auxiliary vectors if labels have any (DEXA, section 4), else as NGAME does. */
import { cpSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { TrainerThread } from '../../operators/train-step.js';
import { chooseDevice, type Choice, type Device } from '../engine/device.js';
import { countRows, Matrix } from '../formats/npy.js';
import type { OhnmOptions } from '../model/losses/ohnm-triplet.js';
import type { PairBatch, PairSources } from '../sample/pairs.js';
import { BestModel } from '../store/best-model.js';
import { Checkpoints } from '../store/checkpoints.js';
import type { ModuleOneOptions } from '../train/objectives/module-one.js';
import { FLOAT, INT, MIB, vectorBytes, type Cost, type Size } from './cost.js';
import type { DataFiles } from './data-files.js';
import { trainEpochs } from './epochs.js';
import { heldCount } from './hold-back.js';
import type { EncoderTraits } from './initial-model.js';
import type { TokenFiles } from './prepare-store.js';
import type { Places, Stage, StageContext } from './stage.js';
import { tokenStores } from './tokenize-texts.js';
import { samplingCost, stepsOf, type SamplerOptions, type TrainingResources } from './training.js';

export interface TrainEncoderOptions {
  loss: OhnmOptions;
  /** Peak learning rate, steps of warm-up, weight decay of dense parameters. */
  optimiser: { rate: number; warmup: number; decay: number };
  sampler: SamplerOptions;
  traits: EncoderTraits;
  /** Auxiliary vectors that labels share, what makes a label one of the head, and MiB of vectors in memory at most. */
  auxiliary?: { aux: number; headMinCount: number; auxMemory: number } | undefined;
  /** Whether texts are held back from `rows`. */
  holdsBack: boolean;
  resources: TrainingResources & { device: Device };
  /** Which epoch's model is the trained one: the last, or that of the lowest loss. */
  final: 'last' | 'best';
  seed: number;
}

type Inputs = Readonly<Record<keyof TokenFiles | 'model' | 'rows', string>> & {
  readonly data: DataFiles;
  /** Only with auxiliary vectors. */
  readonly rowOfLabel?: string | undefined;
};

type Part = 'train' | 'cluster texts';

/** What training leaves: the folder of the `model`. */
export const trainedEncoder = {
  name: 'train encoder',
  leaves: ({ kept }: Places) => ({ model: kept('model') }),
};

export const trainEncoder = (options: TrainEncoderOptions): Stage<Inputs, { model: string }, Part> => {
  const { loss, optimiser, traits, final, seed } = options;
  const { epochs, steps, batch, curriculum } = options.sampler;
  const { threads, device } = options.resources;
  const { rate: lr, ...rest } = optimiser;
  const { half } = traits;
  return {
    ...trainedEncoder,
    options: {
      ...{ epochs, steps, batch, lr, ...rest, loss: { ...loss }, curriculum: { ...curriculum } },
      ...{ half, final, seed, threads, device },
    },
    cost: (size) => costOf(size, options),
    run: (inputs, { model }, context) => train(inputs, model, options, context),
  };
};

const NO_VECTORS = { aux: 0, headMinCount: 1, auxMemory: 0 };

function costOf(size: Size, options: TrainEncoderOptions): Cost<Part> {
  const { sampler, auxiliary = NO_VECTORS, holdsBack } = options;
  const { dim, maxLength, half } = options.traits;
  const { labels, labelled, tail } = size;
  const visited = labelled - (holdsBack ? heldCount(labelled) : 0);
  const sampling = samplingCost(size, { ...sampler, batchOption: 'batch', visited, dim, half });
  const vectors = auxiliary.aux > 0 ? auxiliary.aux + labels - tail(auxiliary.headMinCount) : 0;
  const moments = vectors * 3 * dim * FLOAT;
  const stores = [visited * INT, ...tokenStores(size, maxLength), vectors > 0 ? labels * INT : 0];
  return {
    work: { ...sampling.work, train: { rows: sampling.work.train!.rows, stores } },
    disk: [
      { what: 'auxiliary vectors', bytes: vectors * dim * FLOAT, lasts: 'run' },
      { what: 'auxiliary vectors with moments', bytes: moments, lasts: 'stage' },
      {
        what: 'text embeddings',
        bytes: Math.min(visited, sampling.work.train!.rows) * vectorBytes(dim, half),
        lasts: 'stage',
      },
      ...sampling.disk,
    ],
    memory: [
      ...sampling.memory,
      {
        what: 'auxiliary vectors with moments, at most',
        bytes: Math.min(auxiliary.auxMemory * MIB, moments),
      },
    ],
  };
}

async function train(
  { data, rows, rowOfLabel, model: initial, ...tokens }: Inputs,
  model: string,
  {
    sampler,
    loss,
    optimiser,
    traits,
    auxiliary = NO_VECTORS,
    resources,
    final,
    seed,
    holdsBack,
  }: TrainEncoderOptions,
  context: StageContext<Part>,
): Promise<{ steps: number; loss: number; heldBackBy: number | null }> {
  const { scratch, identity, log, note } = context;
  const { threads } = resources;
  const files = {
    bank: join(scratch, 'bank.npy'),
    vectors: join(scratch, 'auxiliary-vectors'),
    clustered: join(scratch, 'clusters'),
    best: join(scratch, 'best'),
  };
  const { device, why } = chooseDeviceFor(traits.kind, resources.device);
  const { epochs, batch, curriculum } = sampler;
  const steps = stepsOf(countRows(rows), sampler);
  const checkpoints = new Checkpoints(join(scratch, 'checkpoints'), { config: { identity } });
  const from = await checkpoints.latest((message) => note?.(message));
  if (!from) {
    // The memory bank: each text's embedding when it was last trained on, by which texts are clustered.
    const { dim, half } = traits;
    Matrix.create(files.bank, { dtype: 'float32', cols: dim, rows: data.dataset.train, half })[
      Symbol.dispose
    ]();
    for (const path of [files.clustered, files.vectors, files.best])
      rmSync(path, { recursive: true, force: true });
    mkdirSync(files.vectors);
  }
  await using trainer = new TrainerThread<PairBatch, ModuleOneOptions>({
    objective: new URL('../train/objectives/module-one.js', import.meta.url),
    options: {
      model: initial,
      maxLength: traits.maxLength,
      auxiliary:
        rowOfLabel === undefined
          ? undefined
          : {
              count: countVectors(rowOfLabel),
              rows: join(files.vectors, 'rows.npy'),
              memory: auxiliary.auxMemory * MIB,
            },
      loss,
      schedule: { kind: 'linear', rate: optimiser.rate, warmup: optimiser.warmup, steps },
      decay: optimiser.decay,
      bank: files.bank,
    },
    ...{ threads, seed, device, from },
  });
  const result = await trainEpochs<PairBatch, PairSources>(
    {
      stage: 'train',
      trainer,
      batches: {
        reader: new URL('../sample/pairs.js', import.meta.url),
        sources: { ...tokens, auxiliary: rowOfLabel, seed },
        size: batch,
      },
      order: { rows, curriculum, vectors: files.bank, folder: files.clustered, seed, threads },
      length: { epochs, steps },
      saving: {
        checkpoints,
        from,
        minutes: resources.checkpointMinutes,
        best: { model: new BestModel(files.best), of: final === 'best' ? 'all' : 'checkpoints' },
      },
      log,
    },
    context,
  );
  rmSync(model, { recursive: true, force: true });
  if (final === 'best') cpSync(files.best, model, { recursive: true });
  else await trainer.save(model);
  context.summarise(`device ${device}: ${why}`);
  context.summarise(`encoder: ${result.steps} steps, loss ${result.loss.toFixed(4)} in the last epoch`);
  return { ...result, heldBackBy: holdsBack ? seed : null };
}

/** A bag of embeddings spends its time on tables, which no device holds. */
const chooseDeviceFor = (kind: EncoderTraits['kind'], device: Device): Choice =>
  device === 'auto' && kind === 'bag'
    ? { device: 'cpu', why: 'a bag of embeddings gains nothing elsewhere' }
    : chooseDevice(device);

/** How many auxiliary vectors labels use, of a map label → row in which each row occurs. */
function countVectors(rowOfLabel: string): number {
  using rows = Matrix.open(rowOfLabel, 'int32');
  let last = -1;
  for (const { values } of rows.blocks(65_536))
    last = values.reduce((most, row) => Math.max(most, row), last);
  return last + 1;
}
