/** The training loop: epochs of mini-batches through one trainer, with checkpoints. */
import { mineNegatives, ReaderThreads } from '../../operators/mine-negatives.js';
import type { StepTrainer } from '../../operators/train-step.js';
import { countRows } from '../formats/npy.js';
import type { BatchPlan } from '../sample/reader.js';
import type { Position } from '../store/checkpoints.js';
import { pipeline } from '../stream/pipeline.js';
import type { Watch } from '../stream/progress.js';
import type { StepResult } from '../train/trainer.js';
import { forgetEpochs, logEpoch } from './epoch-log.js';
import { forgetOrders, orderOf, type EpochOrderOptions } from './epoch-order.js';
import { Saving, type SavingOptions } from './saving.js';

export interface EpochsOptions<Batch extends BatchPlan, Sources> {
  /** What is trained, as named in progress and log. */
  stage: string;
  trainer: StepTrainer<Batch>;
  /** How mini-batches are read: by the default export of `reader`, from `sources`. */
  batches: { reader: URL; sources: Sources; /** Rows per mini-batch. */ size: number };
  /** Which rows are visited, and in what order. */
  order: EpochOrderOptions;
  /** Total number of steps; training may end within an epoch. */
  length: { epochs: number; steps: number };
  saving: SavingOptions;
  /** One JSON object per epoch is appended to this file. */
  log: string;
  /** Sees the means of each epoch that ends; returns a line for the user if something is wrong. */
  judge?: ((epoch: EpochMeans) => string | undefined) | undefined;
}

type EpochMeans = Pick<Position, 'loss' | 'cosine'>;

/**
 * Returns the number of steps and the mean loss of the last epoch. When the signal aborts, the current step is finished and
 * a checkpoint is written.
 */
export async function trainEpochs<Batch extends BatchPlan, Sources>(
  { stage, trainer, batches, order, length, saving: when, log, judge }: EpochsOptions<Batch, Sources>,
  watch: Watch,
): Promise<{ steps: number; loss: number }> {
  watch.signal?.throwIfAborted();
  const { steps } = length;
  const perEpoch = Math.floor(countRows(order.rows) / batches.size);
  let at = when.from?.position ?? { epoch: 0, step: 0, loss: 0 };
  const made = (): number => at.epoch * perEpoch + at.step;
  if (made() >= steps) return { steps, loss: at.loss };
  await forgetEpochs(log, { stage, from: at.epoch });
  const started = performance.now();
  const saving = new Saving(when, trainer);
  await using readers = new ReaderThreads<Batch, Sources>({ ...batches, threads: order.threads });
  const mine = mineNegatives({ readers, batch: batches.size, seed: order.seed });
  while (made() < steps) {
    const epoch = { epoch: at.epoch, ...(await orderOf(at.epoch, order, watch)), from: at.step };
    // The trainer is called here, not by an operator: a pipeline would start the next step while this one is saved.
    for await (const batch of pipeline([epoch], mine).run()) {
      const result = await trainer.step(batch);
      at = after(at, result, perEpoch);
      const done = made();
      const where = `epoch ${result.epoch + 1}/${length.epochs}, step ${result.step + 1}/${perEpoch}`;
      const rows = { done: done * batches.size, total: steps * batches.size };
      watch.report?.({ stage, ...rows, detail: `${where}, loss ${at.loss.toFixed(4)}` });
      const ended = at.step === 0 || done === steps ? { epoch: result.epoch, loss: at.loss } : undefined;
      if (ended) {
        const { cosine } = at;
        const seconds = (performance.now() - started) / 1000;
        logEpoch(log, { stage, ...ended, cosine, seconds });
        const warning = judge?.(at);
        if (warning !== undefined) watch.note?.(warning);
      }
      const must = done === steps || watch.signal?.aborted === true;
      const oldest = await saving.offer(at, { ended, must });
      if (oldest) forgetOrders(oldest.epoch, order);
      if (watch.signal?.aborted) {
        watch.note?.(`stopped after ${where}; run the same command to resume`);
        throw watch.signal.reason;
      }
      if (done === steps) break;
    }
  }
  return { steps, loss: at.loss };
}

/** The position of training after a step, with the means of the epoch so far. */
function after(at: Position, { epoch, step, ...own }: StepResult, perEpoch: number): Position {
  const mean = (before: number, value: number): number =>
    step === 0 ? value : before + (value - before) / (step + 1);
  const means = {
    loss: mean(at.loss, own.loss),
    ...(own.cosine !== undefined && { cosine: mean(at.cosine ?? 0, own.cosine) }),
  };
  return step + 1 === perEpoch
    ? { epoch: epoch + 1, step: 0, ...means }
    : { epoch, step: step + 1, ...means };
}
