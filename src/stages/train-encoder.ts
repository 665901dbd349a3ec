/** Module I: trains the encoder, with auxiliary vectors if labels have them (DEXA, section 4), otherwise as in NGAME. */
import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { chooseDevice, type Choice, type Device } from '../engine/device.js';
import { makeFolder } from '../files/make-folder.js';
import { Matrix } from '../formats/npy.js';
import type { InBatchLoss } from '../model/losses/in-batch.js';
import type { PairBatch, PairSources } from '../sample/pairs.js';
import type { PairObjectiveOptions } from '../train/objectives/pairs.js';
import { collapseWatch } from './collapse.js';
import { FLOAT, INT, MIB, vectorBytes, type Cost, type Size } from './cost.js';
import type { DataFiles } from './data-files.js';
import type { EncoderTraits } from './initial-model.js';
import type { TokenFiles } from './prepare-store.js';
import type { Places } from './places.js';
import type { Stage, StageContext } from './stage.js';
import { tokenStores } from './tokenize-texts.js';
import { samplingCost, visitedOf, type SamplerOptions } from './sampling.js';
import { trainObjective, type TrainingResources } from './training.js';

export interface TrainEncoderOptions {
  loss: InBatchLoss;
  /** Peak learning rate, warm-up steps, weight decay of dense parameters. */
  optimiser: { rate: number; warmup: number; decay: number };
  sampler: SamplerOptions;
  traits: EncoderTraits;
  /** Number of shared auxiliary vectors, training texts of a head label, and maximum MiB of vectors in memory. */
  auxiliary?: { aux: number; headMinCount: number; auxMemory: number } | undefined;
  resources: TrainingResources & { device: Device };
  /** Which epoch's model is kept: the last, or the one with the lowest loss. */
  final: 'last' | 'best';
  seed: number;
}

type Inputs = Readonly<Record<keyof TokenFiles | 'model' | 'rows', string>> & {
  readonly data: DataFiles;
  /** Only with auxiliary vectors. */
  readonly rowOfLabel?: string | undefined;
};

type Part = 'train' | 'cluster texts';

/** Leaves `model`, a folder. */
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

const OBJECTIVE = new URL('../train/objectives/pairs.js', import.meta.url);

const NO_VECTORS = { aux: 0, headMinCount: 1, auxMemory: 0 };

function costOf(size: Size, options: TrainEncoderOptions): Cost<Part> {
  const { sampler, traits, auxiliary = NO_VECTORS } = options;
  const { dim, maxLength, half } = traits;
  const { labels, labelled, tail } = size;
  const visited = visitedOf(labelled, sampler);
  const sampling = samplingCost(size, sampler, traits);
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
  options: TrainEncoderOptions,
  context: StageContext<Part>,
): Promise<{ steps: number; loss: number; heldBack: boolean }> {
  const { loss, sampler, traits, resources, final, seed } = options;
  // The memory bank has each text's embedding when it was last trained on, by which texts are clustered.
  const [bank, vectors] = [join(context.scratch, 'bank.npy'), join(context.scratch, 'auxiliary-vectors')];
  const { device, why } = chooseDeviceFor(traits.kind, resources.device);
  const result = await trainObjective<PairBatch, PairSources, PairObjectiveOptions>(
    {
      part: 'train',
      objective: {
        ...{ objective: OBJECTIVE, device },
        options: (steps) => objectiveOptions({ model: initial, rowOfLabel, bank, vectors }, options, steps),
      },
      batches: {
        reader: new URL('../sample/pairs.js', import.meta.url),
        sources: { ...tokens, auxiliary: rowOfLabel, seed },
      },
      visited: { rows, vectors: bank },
      ...{ sampler, resources, seed },
      model: {
        ...{ best: final === 'best' ? 'all' : 'checkpoints', judge: collapseWatch(loss, sampler.batch) },
        start: () => {
          const { dim: cols, half } = traits;
          using _bank = Matrix.create(bank, { dtype: 'float32', cols, half, rows: data.dataset.train });
          rmSync(vectors, { recursive: true, force: true });
          makeFolder(vectors);
        },
        save: async (trainer, best) => {
          rmSync(model, { recursive: true, force: true });
          if (final === 'best') cpSync(best!.path, model, { recursive: true });
          else await trainer.save(model);
        },
      },
    },
    context,
  );
  const trained = `${result.steps} steps, loss ${result.loss.toFixed(4)} in the last epoch`;
  for (const line of [`device ${device}: ${why}`, `encoder: ${trained}`]) context.summarise(line);
  return { ...result, heldBack: sampler.heldBack !== false };
}

function objectiveOptions(
  {
    model,
    rowOfLabel,
    bank,
    vectors,
  }: Record<'model' | 'bank' | 'vectors', string> & Pick<Inputs, 'rowOfLabel'>,
  { loss, optimiser, traits, auxiliary = NO_VECTORS }: TrainEncoderOptions,
  steps: number,
): PairObjectiveOptions {
  const { rate, warmup, decay } = optimiser;
  const memory = auxiliary.auxMemory * MIB;
  return {
    ...{ model, maxLength: traits.maxLength, loss, decay, bank },
    schedule: { kind: 'linear', rate, warmup, steps },
    auxiliary:
      rowOfLabel === undefined
        ? undefined
        : { count: countVectors(rowOfLabel), rows: join(vectors, 'rows.npy'), memory },
  };
}

/** A bag of embeddings spends its time on tables, which stay on the CPU. */
const chooseDeviceFor = (kind: EncoderTraits['kind'], device: Device): Choice =>
  device === 'auto' && kind === 'bag'
    ? { device: 'cpu', why: 'a bag of embeddings gains nothing elsewhere' }
    : chooseDevice(device);

/** Number of auxiliary vectors, from a map label → row in which every row occurs. */
function countVectors(rowOfLabel: string): number {
  using rows = Matrix.open(rowOfLabel, 'int32');
  let last = -1;
  for (const { values } of rows.blocks(65_536))
    last = values.reduce((most, row) => Math.max(most, row), last);
  return last + 1;
}
