/** What stages of training cost on this machine: a small set is made, trained on for a few steps and scored. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type * as z from 'zod';
import { peakMemory } from '../command/peak-memory.js';
import { createModel } from '../encode/model-folder.js';
import { timeColdRead } from './cold-reads.js';
import type { RunSize } from './disk.js';
import { Rates } from './rates.js';
import type { Costs } from './time.js';
import { openDataset } from '../store/dataset.js';
import { Matrix } from '../formats/npy.js';
import { RaggedReader } from '../store/ragged.js';
import { runFiles } from '../store/run-folder.js';
import { TextReader } from '../store/texts.js';
import { named, type Watch } from '../stream/progress.js';
import { embedLabels } from '../stages/embed-labels.js';
import { evaluateRun } from '../../pipelines/evaluate.js';
import { makeCorpus } from '../../pipelines/make-corpus.js';
import { isOwn } from '../stages/module-one.js';
import { prepareStore, tokenFiles, type PrepareStoreOptions } from '../stages/prepare-store.js';
import { timeSplits } from './time-splits.js';
import { train, type TrainOptions } from '../../pipelines/train.js';

/** Labels and texts of the set that is measured on, and steps made. */
const SAMPLE = 262_144;
const STEPS = 48;
/** Texts of it that are scored, for each thread: some batches. */
const SCORED = 2048;

export interface MeasureOptions extends Pick<
  z.output<typeof TrainOptions>,
  'encoder' | 'dim' | 'embeddings' | 'maxLength' | 'batch' | 'device' | 'threads' | 'aux'
> {
  /** Of the run that is planned. */
  labels: number;
}

export interface Measured {
  dim: number;
  costs: Costs;
  means: Pick<RunSize, 'tokensOfLabel' | 'bytesOfLabel' | 'tokensOfText' | 'labelsOfText'>;
  /** Most memory while it was trained, bytes. */
  memory: number;
}

/** Trains for a few steps on a small set, and takes the time of what a larger one spends it on. */
export async function measureCosts(options: MeasureOptions, watch: Watch): Promise<Measured> {
  const { labels, aux, encoder, dim, embeddings, maxLength, device, threads } = options;
  const dir = await mkdtemp(join(tmpdir(), 'dexa-plan-'));
  try {
    const [data, run, store] = [join(dir, 'data'), join(dir, 'run'), join(dir, 'store')];
    const watching = named(watch, 'measure');
    await makeCorpus({ out: data, labels: SAMPLE, test: SCORED * threads, threads }, watching);
    const rates = new Rates();
    const shared = Math.ceil(Math.min(1, aux / labels) * SAMPLE);
    const batch = Math.min(options.batch, SAMPLE);
    const rest = { encoder, dim, embeddings, maxLength, batch, device, threads };
    const { peak: memory } = await peakMemory(() =>
      train(
        { data, run, store, aux: shared, headMinCount: SAMPLE, epochs: STEPS, steps: STEPS, ...rest },
        {
          signal: watch.signal,
          report: (progress) => {
            rates.report(progress);
            watching.report?.(progress);
          },
        },
      ),
    );
    const { model } = runFiles(run);
    await evaluateRun({ data, run, threads }, { signal: watch.signal, report: rates.report });
    const words = await timeTokens(
      { data, dir: join(dir, 'words'), tokenizer: model, maxLength, threads },
      watch,
    );
    const secondsFor = (stage: string, rows: number): number => {
      const pace = (stage.startsWith('tokenize ') ? words : rates).paceOf(stage);
      return rates.beginningOf(stage, pace) + pace * rows;
    };
    // Labels are clustered before the first step; a few steps make their embeddings slower to split.
    const initial = isOwn(encoder) ? join(dir, 'initial') : model;
    if (isOwn(encoder)) createModel(initial, { encoder, dim, maxLength });
    const vectors = join(dir, 'labels.npy');
    const { labels: tokens } = tokenFiles(store);
    await embedLabels(
      { model: initial, tokens, path: vectors, labels: SAMPLE, threads },
      { signal: watch.signal },
    );
    const split = await timeSplits(vectors, dir, threads);
    using embedded = Matrix.open(vectors, 'float32');
    return {
      dim: embedded.cols,
      costs: { secondsFor, split, coldRead: timeColdRead(vectors) / threads, labels: SAMPLE },
      means: meansOf(store, run),
      memory,
    };
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

/** How texts are tokenized: all twice, the second time when no word is new, as few are where there are many. */
async function timeTokens(
  { data, ...options }: { data: string } & Omit<PrepareStoreOptions, 'dataset'>,
  { signal }: Watch,
): Promise<Rates> {
  const { paths, labels, train, ...dataset } = await openDataset(data);
  const twice = {
    ...dataset,
    labels: 2 * labels,
    train: 2 * train,
    paths: { ...paths, labels: [...paths.labels, ...paths.labels], train: [...paths.train, ...paths.train] },
  };
  const rates = new Rates();
  await prepareStore({ ...options, dataset: twice }, { signal, report: rates.report });
  return rates;
}

function meansOf(store: string, run: string): Measured['means'] {
  const { labels, texts, positives } = tokenFiles(store);
  const mean = (base: string): number => {
    using lists = new RaggedReader(base);
    return lists.size / lists.rows;
  };
  using names = new TextReader(runFiles(run).texts);
  return {
    tokensOfLabel: mean(labels),
    bytesOfLabel: names.size / names.rows,
    tokensOfText: mean(texts),
    labelsOfText: mean(positives),
  };
}
