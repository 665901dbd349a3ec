/** What a plan measures, and for which options. */
import type { Device } from '../engine/device.js';
import type { EncoderOptions } from '../stages/initial-model.js';
import type { SourceName } from '../stages/options.js';
import type { Watch } from '../stream/progress.js';

export interface MeasureOptions {
  encoder: EncoderOptions;
  sources: readonly SourceName[];
  fuse: 'boosted' | 'published';
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
