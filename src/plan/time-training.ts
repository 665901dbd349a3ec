/** Measures training and scoring on a synthetic data set. */
import { peakMemory } from '../command/peak-memory.js';
import { named, type Watch } from '../stream/progress.js';
import type { Device } from '../engine/device.js';
import type { EncoderOptions } from '../stages/initial-model.js';
import type { SourceName } from '../stages/options.js';
import type { Rates } from './rates.js';

/** Texts scored per thread: a few batches. */
const SCORED = 2048;

export interface MeasureOptions {
  encoder: EncoderOptions;
  ranked: { sources: readonly SourceName[]; fuse: 'boosted' | 'published' };
  /** Number of labels of the planned run. */
  labels: number;
  aux: number;
  batch: number;
  embeddings: 'f32' | 'f16';
  threads: number;
  device: Device;
}

/** What is measured: the commands of the same names. */
export interface Measurable {
  makeCorpus: (
    options: { out: string; labels: number; test: number; threads: number },
    watch: Watch,
  ) => Promise<unknown>;
  train: (options: Record<string, unknown> & { data: string; run: string }, watch: Watch) => Promise<unknown>;
  evaluateRun: (options: { data: string; run: string; threads: number }, watch: Watch) => Promise<unknown>;
}

export interface ToTrain extends MeasureOptions {
  /** Labels and texts of the set, and the encoder's training steps. */
  rows: number;
  steps: number;
}

/** Creates a set of short texts, trains the sources on it and scores it. Returns the peak memory of training, bytes. */
export async function timeTraining(
  places: Readonly<Record<'data' | 'run' | 'store', string>>,
  { labels, aux, encoder, batch, rows, steps, threads, ranked, ...rest }: ToTrain,
  { makeCorpus, train, evaluateRun, rates, watch }: Measurable & { rates: Rates; watch: Watch },
): Promise<number> {
  const { data, run } = places;
  const watching = named(watch, 'measure');
  watch.note?.(`measuring on ${rows} labels: ${ranked.sources.join(', ')}`);
  await makeCorpus({ out: data, labels: rows, test: SCORED * threads, threads }, watching);
  const report: Watch['report'] = (progress) => {
    rates.report(progress);
    watching.report?.(progress);
  };
  const { signal } = watch;
  const sample = {
    ...{ epochs: steps, steps, batch: Math.min(batch, rows / 2), headMinCount: rows },
    ...{ aux: Math.ceil(Math.min(1, aux / labels) * rows), classifierEpochs: 1 },
  };
  rates.start();
  const { peak } = await peakMemory(() =>
    train({ ...encoder, ...ranked, ...rest, ...sample, ...places, threads }, { signal, report }),
  );
  rates.end(); // a ranker is fitted after its search, which reports
  await evaluateRun({ data, run, threads }, { signal, report: rates.report });
  return peak;
}
