/** The training loop, with a trainer that only counts. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type Test } from 'tap';
import type { StepTrainer } from '../../operators/train-step.js';
import { Matrix, writeColumn } from '../../src/formats/npy.js';
import { toLists } from '../../src/formats/lists.js';
import type { CandidateBatch, CandidateSources } from '../../src/sample/candidates.js';
import { trainEpochs, type EpochsOptions } from '../../src/stages/epochs.js';
import { Checkpoints } from '../../src/store/checkpoints.js';
import { RaggedWriter } from '../../src/store/ragged.js';
import type { Progress } from '../../src/stream/progress.js';

const [ROWS, SIZE, PER_EPOCH] = [12, 3, 4];

/** Records its calls; the loss of a step is its number within the epoch. */
class CountingTrainer implements StepTrainer<CandidateBatch> {
  readonly calls: string[] = [];
  readonly visited: number[] = [];
  /** Awaited by each checkpoint. */
  slow: () => Promise<void> = () => Promise.resolve();

  async step({ epoch, step, rows }: CandidateBatch) {
    this.calls.push(`${epoch}.${step}`);
    this.visited.push(...rows);
    return { epoch, step, rows: rows.length, loss: step };
  }

  async save(): Promise<void> {
    this.calls.push('save');
  }

  async checkpoint(): Promise<void> {
    this.calls.push('checkpoint');
    await this.slow();
    this.calls.push('written');
  }

  async forgetBefore(): Promise<void> {
    // nothing on disk
  }
}

function prepare(t: Test) {
  const dir = t.testdir();
  const path = (name: string): string => join(dir, name);
  writeColumn(path('rows.npy'), [Int32Array.from({ length: ROWS }, (_x, i) => i)]);
  using embeddings = Matrix.create(path('embeddings.npy'), { dtype: 'float32', cols: 1 });
  embeddings.append(new Float32Array(ROWS).fill(1));
  embeddings.finish();
  using positives = new RaggedWriter(path('positives'));
  positives.append(toLists(Array.from({ length: ROWS }, (_x, i) => [i])));
  positives.finish();
  const trainer = new CountingTrainer();
  const checkpoints = () => new Checkpoints(path('checkpoints'), { config: {} });
  const options = (steps: number): EpochsOptions<CandidateBatch, CandidateSources> => ({
    stage: 'train',
    trainer,
    batches: {
      reader: new URL('../../src/sample/candidates.js', import.meta.url),
      sources: { embeddings: path('embeddings.npy'), positives: path('positives') },
      size: SIZE,
    },
    order: {
      rows: path('rows.npy'),
      curriculum: { size: 4, milestones: [], refresh: 1 },
      vectors: path('embeddings.npy'),
      folder: path('clusters'),
      seed: 1,
      threads: 1,
    },
    length: { epochs: 3, steps },
    saving: { checkpoints: checkpoints(), from: undefined, minutes: 60 },
    log: path('training.jsonl'),
  });
  return { path, trainer, checkpoints, options };
}

test('the means of each epoch are judged, and what is wrong is told', async (t) => {
  const { trainer, options } = prepare(t);
  const step = trainer.step.bind(trainer);
  trainer.step = async (batch) => ({ ...(await step(batch)), cosine: 0.1 * batch.step });
  const notes: string[] = [];
  const judge = ({ loss, cosine }: { loss: number; cosine?: number | undefined }) =>
    `loss ${loss}, cosine ${cosine?.toFixed(2)}`;
  await trainEpochs({ ...options(8), judge }, { note: (line) => notes.push(line) });
  t.same(notes, ['loss 1.5, cosine 0.15', 'loss 1.5, cosine 0.15']);
});

const steps = (calls: readonly string[]): string[] => calls.filter((call) => /\d/.test(call));

test('each epoch visits all rows, and its mean loss is logged', async (t) => {
  const { path, trainer, options } = prepare(t);
  const reports: Progress[] = [];
  const result = await trainEpochs(options(3 * PER_EPOCH), { report: (progress) => reports.push(progress) });
  t.same(result, { steps: 12, loss: 1.5 });
  t.same(
    steps(trainer.calls),
    [0, 1, 2].flatMap((epoch) => [0, 1, 2, 3].map((step) => `${epoch}.${step}`)),
  );
  for (const epoch of [0, 1, 2])
    t.same(
      trainer.visited.slice(epoch * ROWS, (epoch + 1) * ROWS).sort((a, b) => a - b),
      Array.from({ length: ROWS }, (_x, i) => i),
    );
  const log = readFileSync(path('training.jsonl'), 'utf8').trim().split('\n');
  t.match(
    log.map((line) => JSON.parse(line) as object),
    [0, 1, 2].map((epoch) => ({ stage: 'train', epoch, loss: 1.5 })),
  );
  t.match(reports.at(-1), { done: 36, total: 36, detail: 'epoch 3/3, step 4/4, loss 1.5000' });
});

test('training can end within an epoch, and then nothing is left to do', async (t) => {
  const { trainer, checkpoints, options } = prepare(t);
  await trainEpochs(options(6), {});
  t.same(steps(trainer.calls).at(-1), '1.1');
  t.equal(trainer.calls.at(-1), 'written', 'with a checkpoint');
  const from = await checkpoints().latest(() => undefined);
  t.match(from, { position: { epoch: 1, step: 2, loss: 0.5 } });
  const again = options(6);
  const before = trainer.calls.length;
  t.same(await trainEpochs({ ...again, saving: { ...again.saving, from } }, {}), { steps: 6, loss: 0.5 });
  t.equal(trainer.calls.length, before);
});

test('no step runs while a checkpoint is written', async (t) => {
  const { trainer, options } = prepare(t);
  trainer.slow = () => new Promise((resolve) => setTimeout(resolve, 20));
  const given = options(3 * PER_EPOCH);
  await trainEpochs({ ...given, saving: { ...given.saving, minutes: 0 } }, {});
  t.equal(trainer.calls.length, 3 * 12);
  trainer.calls.forEach((call, i) => {
    if (call === 'checkpoint') t.equal(trainer.calls[i + 1], 'written');
  });
});

test('an abort finishes and saves the current step, and training resumes after it', async (t) => {
  const { path, trainer, checkpoints, options } = prepare(t);
  const controller = new AbortController();
  const notes: string[] = [];
  const watch = {
    signal: controller.signal,
    report: ({ done }: Progress) => {
      if (done === 6 * SIZE) controller.abort(new Error('enough'));
    },
    note: (message: string) => notes.push(message),
  };
  await t.rejects(trainEpochs(options(12), watch), { message: 'enough' });
  t.same(trainer.calls.slice(-3), ['1.1', 'checkpoint', 'written']);
  t.match(notes, [/^stopped after epoch 2\/3, step 2\/4; run the same command to resume$/]);
  t.ok(existsSync(path('training.jsonl')));
  const from = await checkpoints().latest(() => undefined);
  trainer.calls.length = 0;
  const rest = options(12);
  await trainEpochs({ ...rest, saving: { ...rest.saving, from } }, {});
  t.same(steps(trainer.calls), ['1.2', '1.3', '2.0', '2.1', '2.2', '2.3']);
});
