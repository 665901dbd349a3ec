/** Measures the costs of training on this machine: creates a small data set, trains on it for a few steps and scores it. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createModel } from '../encode/model-folder.js';
import { timeColdRead } from './cold-reads.js';
import { Rates } from './rates.js';
import type { Costs } from './time.js';
import { openDataset } from '../store/dataset.js';
import { RaggedReader } from '../store/ragged.js';
import { TextReader } from '../store/texts.js';
import type { Watch } from '../stream/progress.js';
import type { Size } from '../stages/cost.js';
import { embedStore } from '../stages/embed-labels.js';
import { isOwn, type EncoderOptions } from '../stages/initial-model.js';
import { prepareStore, tokenFiles, type PrepareStoreOptions } from '../stages/prepare-store.js';
import { timeSplits } from './time-splits.js';
import { timeTraining, type Measurable, type MeasureOptions } from './time-training.js';

/** Labels and texts of the measured data set, and training steps. */
const SAMPLE = 262_144;
const STEPS = 48;
/** Labels and texts of the set on which sources beside the encoder are measured, and the encoder's steps there. */
const SAMPLE_OF_SOURCES = 32_768;
const FEW_STEPS = 8;

export interface Measured {
  costs: Omit<Costs, 'rowsInMemory'>;
  means: Size['means'];
  /** Number of labels that each text was scored against. */
  labels: number;
  /** Peak memory during training, bytes. */
  memory: number;
}

/** Trains for a few steps on small data sets and measures what a larger one spends its time on. */
export async function measureCosts(
  options: MeasureOptions,
  commands: Measurable,
  watch: Watch,
): Promise<Measured> {
  const { threads, encoder, ranked } = options;
  const dir = await mkdtemp(join(tmpdir(), 'dexa-plan-'));
  try {
    const { data, run, store } = placesIn(dir);
    const [rates, others] = [new Rates(), new Rates()];
    const alone = {
      ...options,
      ranked: { ...ranked, sources: ['encoder'] as const },
      rows: SAMPLE,
      steps: STEPS,
    };
    const encoding = await timeTraining({ data, run, store }, alone, { ...commands, rates, watch });
    const all = { ...options, rows: SAMPLE_OF_SOURCES, steps: FEW_STEPS };
    const several = ranked.sources.join() !== 'encoder';
    const training = several
      ? await timeTraining(placesIn(join(dir, 'all')), all, { ...commands, rates: others, watch })
      : 0;
    const words = {
      dir: join(dir, 'words'),
      tokenizer: join(run, 'model'),
      maxLength: encoder.maxLength,
      threads,
    };
    const tokens = await timeTokens({ data, ...words }, watch);
    const secondsFor = (part: string, rows: number): number => {
      const measured = several && (part === 'evaluate' || !rates.has(part)) ? others : rates;
      const pace = (part.startsWith('tokenize ') ? tokens : measured).paceOf(part);
      return measured.beginningOf(part, pace) + pace * rows;
    };
    const vectors = await initialEmbeddings(encoder, { store, dir, threads }, watch);
    const split = await timeSplits(vectors, dir, threads);
    const coldRead = timeColdRead(vectors) / threads;
    const labels = several ? SAMPLE_OF_SOURCES : SAMPLE;
    const memory = Math.max(encoding, training);
    return { costs: { secondsFor, split, coldRead }, means: meansOf(store, run), labels, memory };
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

const placesIn = (dir: string) => ({
  data: join(dir, 'data'),
  run: join(dir, 'run'),
  store: join(dir, 'store'),
});

/** Labels are clustered before the first step, because a few steps make their embeddings slower to split. */
async function initialEmbeddings(
  { encoder, dim, words, maxLength }: EncoderOptions,
  { store, dir, threads }: Record<'store' | 'dir', string> & { threads: number },
  { signal }: Watch,
): Promise<string> {
  const model = isOwn(encoder) ? join(dir, 'initial') : encoder;
  if (isOwn(encoder)) createModel(model, { encoder, dim, words, maxLength });
  const path = join(dir, 'labels.npy');
  await embedStore({ model, tokens: tokenFiles(store).labels, path, threads }, { signal });
  return path;
}

/** Tokenizes all texts twice: the second time no word is new, as in a large data set, where few words are. */
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

function meansOf(store: string, run: string): Size['means'] {
  const { labels, texts, positives } = tokenFiles(store);
  const mean = (base: string): number => {
    using lists = new RaggedReader(base);
    return lists.size / lists.rows;
  };
  using names = new TextReader(join(run, 'label-texts'));
  return {
    tokensOfLabel: mean(labels),
    bytesOfLabel: names.size / names.rows,
    tokensOfText: mean(texts),
    labelsOfText: mean(positives),
  };
}
