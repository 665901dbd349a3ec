/** The loop of both modules: epochs of mini-batches of hard negatives through the one trainer, with checkpoints. */
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { appendFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { clusterAssign } from '../../operators/cluster-assign.js';
import type { Epoch } from '../../operators/mine-negatives.js';
import { trainStep, type TrainerThread, type Trainers } from '../../operators/train-step.js';
import { clusteredBefore, clusterSize, type Curriculum } from '../sample/curriculum.js';
import type { BestModel, Epoch as EndedEpoch } from '../store/best-model.js';
import type { Checkpoint, Checkpoints, Position } from '../store/checkpoints.js';
import { countRows } from '../formats/npy.js';
import type { Operator } from '../stream/operator.js';
import { pipeline } from '../stream/pipeline.js';
import { watched, type Watch } from '../stream/progress.js';
import type { StepResult } from '../train/trainer.js';

export interface EpochsOptions<Name extends keyof Trainers> {
  /** What is trained, as progress and the log call it. */
  stage: string;
  /** An int32 `.npy` of the training texts to visit, ascending. */
  texts: string;
  /** A folder for these in the order of their clusters. */
  clustered: string;
  /** A float32 `.npy`, one row a training text, by which texts are clustered: as it is when an epoch begins. */
  vectors: string;
  curriculum: Curriculum;
  epochs: number;
  /** In all, of these epochs; training may end within one. */
  steps: number;
  /** Texts a mini-batch. */
  batch: number;
  mine: Operator<Epoch, Trainers[Name]['batch']>;
  trainer: TrainerThread<Name>;
  checkpoints: Checkpoints;
  /** Minutes between checkpoints; there is one at each epoch's end, too, unless they would take over 3 % of the time. */
  minutes: number;
  /** The one that the trainer goes on from. */
  from: Checkpoint | undefined;
  /** Where to keep the model of the best epoch, of all or of those that end with a checkpoint; default nowhere. */
  best?: { model: BestModel; of: 'all' | 'checkpoints' };
  /** A JSON object an epoch is added to this file. */
  log: string;
  seed: number;
  threads: number;
}

/** Of the time, that checkpoints at the ends of epochs may take, with the best model. */
const SHARE = 0.03;

/**
 * Returns the steps made and the last epoch's mean loss. When the signal aborts, the step under way is finished and a
 * checkpoint written.
 */
export async function trainEpochs<Name extends keyof Trainers>(
  options: EpochsOptions<Name>,
  watch: Watch,
): Promise<{ steps: number; loss: number }> {
  const { stage, texts, epochs, steps, batch, mine, trainer, from, log } = options;
  watch.signal?.throwIfAborted();
  const begin = from?.position ?? { epoch: 0, step: 0, loss: 0 };
  const perEpoch = Math.floor(countRows(texts) / batch);
  const started = performance.now();
  let { loss } = begin;
  if (begin.epoch * perEpoch + begin.step >= steps) return { steps, loss };
  forgetEpochsFrom(log, stage, begin.epoch);

  let trained = (): void => undefined;
  /** Each epoch begins when the one before has been trained on. */
  async function* visits(): AsyncGenerator<Epoch> {
    for (let epoch = begin.epoch; epoch < epochs; epoch++) {
      const order = await orderOf(epoch, options, watch);
      const done = new Promise<void>((resolve) => (trained = resolve));
      yield { epoch, ...order, from: epoch === begin.epoch ? begin.step : 0 };
      await done;
    }
  }

  const save = saving(options);
  const after = async ({ epoch, step, loss: own }: StepResult): Promise<void> => {
    loss = step === 0 ? own : loss + (own - loss) / (step + 1);
    const done = epoch * perEpoch + step + 1;
    watch.report?.({
      stage,
      done: done * batch,
      total: steps * batch,
      detail: `epoch ${epoch + 1}/${epochs}, step ${step + 1}/${perEpoch}, loss ${loss.toFixed(4)}`,
    });
    const ended = step + 1 === perEpoch || done === steps;
    if (ended) {
      const seconds = Math.round((performance.now() - started) / 100) / 10;
      await appendFile(log, `${JSON.stringify({ stage, epoch, loss, seconds })}\n`);
    }
    const next = step + 1 === perEpoch ? { epoch: epoch + 1, step: 0 } : { epoch, step: step + 1 };
    const must = done === steps || watch.signal?.aborted === true;
    await save({ ...next, loss }, { ended: ended ? { epoch, loss } : undefined, must });
    if (watch.signal?.aborted) {
      watch.note?.(
        `stopped after step ${step + 1} of epoch ${epoch + 1}; the same command goes on from there`,
      );
      throw watch.signal.reason;
    }
    if (ended) trained();
  };
  const results = pipeline(visits(), mine, trainStep(trainer, { after })).run();
  try {
    for await (const { epoch, step } of results) if (epoch * perEpoch + step + 1 === steps) break;
  } catch (error) {
    watch.signal?.throwIfAborted();
    throw error;
  }
  return { steps, loss };
}

/**
 * Writes a checkpoint where one is due: when it must be, after some minutes, or at the end of an epoch, whose model is the
 * best one perhaps.
 */
function saving<Name extends keyof Trainers>(
  options: EpochsOptions<Name>,
): (position: Position, when: { ended: EndedEpoch | undefined; must: boolean }) => Promise<void> {
  const { checkpoints, trainer, minutes, best } = options;
  let [saved, cost] = [performance.now(), 0];
  return async (position, { ended, must }) => {
    const begun = performance.now();
    const since = begun - saved;
    const due = must || since >= minutes * 60_000 || (ended !== undefined && cost < SHARE * since);
    if (best && ended && (due || best.of === 'all'))
      await best.model.offer(ended, (folder) => trainer.save(folder));
    if (!due) return;
    const oldest = await checkpoints.write(position, (place) => trainer.checkpoint(place));
    await trainer.forgetBefore(oldest.number);
    forgetClusters(options, oldest.position.epoch);
    saved = performance.now();
    cost = saved - begun;
  };
}

/** The order of an epoch: by clusters of the vectors as they are when they are first asked for. */
async function orderOf<Name extends keyof Trainers>(
  epoch: number,
  { texts, clustered, vectors, curriculum, seed, threads }: EpochsOptions<Name>,
  watch: Watch,
): Promise<Pick<Epoch, 'texts' | 'clusters'>> {
  const before = clusteredBefore(curriculum, epoch);
  if (before === undefined) return { texts };
  const count = countRows(texts);
  const members = join(clustered, `${before}.npy`);
  const clusters = Math.ceil(count / clusterSize(curriculum, before));
  if (!existsSync(members)) {
    await mkdir(clustered, { recursive: true });
    const request = { vectors, ids: texts, clusters, seed: seed + before, members };
    await pipeline([request], clusterAssign({ threads })).first(
      watched(watch, { stage: 'cluster texts', counting: 'cluster-assign', total: count }),
    );
  }
  return { texts: members, clusters };
}

/** Removes clusters that no epoch from `epoch` on is visited by. */
function forgetClusters<Name extends keyof Trainers>(
  { clustered, curriculum }: EpochsOptions<Name>,
  epoch: number,
): void {
  const needed = clusteredBefore(curriculum, epoch);
  if (needed === undefined || !existsSync(clustered)) return;
  for (const name of readdirSync(clustered))
    if (Number.parseInt(name) < needed) rmSync(join(clustered, name), { recursive: true });
}

/** Drops the lines of epochs that will be trained on again, and one that is not whole. */
function forgetEpochsFrom(log: string, stage: string, epoch: number): void {
  if (!existsSync(log)) return;
  const before = readFileSync(log, 'utf8');
  const lines = before.split('\n').slice(0, -1); // behind the last end of a line is nothing, or such a one
  const kept = lines.filter((line) => {
    const entry = JSON.parse(line) as { stage: string; epoch: number };
    return entry.stage !== stage || entry.epoch < epoch;
  });
  const after = kept.map((line) => `${line}\n`).join('');
  if (after !== before) writeFileSync(log, after);
}
