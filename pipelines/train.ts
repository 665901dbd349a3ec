/** DEXA, from a data set to a trained run: Module I (without auxiliary vectors it is NGAME's), Module II, or both. */
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import * as z from 'zod';
import { command, runIfMain } from '../src/command/command.js';
import { dataOption, threadsOption, whole } from '../src/command/common.js';
import { checkOptions } from '../src/command/options.js';
import { chooseDevice, DEVICES, type Choice } from '../src/engine/device.js';
import { holdBack } from '../src/stages/held-back.js';
import { countTail } from '../src/stages/auxiliary-map.js';
import { checkLength, readConfig } from '../src/encode/model-folder.js';
import { OWN_ENCODERS } from '../src/encode/own-encoders.js';
import { openDataset, trainingFiles, type Dataset } from '../src/store/dataset.js';
import { fingerprintOf } from '../src/files/fingerprint.js';
import { writeColumn } from '../src/formats/npy.js';
import { checkJson, readJson } from '../src/files/read-json.js';
import { RunLock } from '../src/store/run-lock.js';
import { continueRun, runFiles, startRun, type RunFiles } from '../src/store/run-folder.js';
import { writeJson } from '../src/files/write-json.js';
import { InputError } from '../src/errors.js';
import type { Watch } from '../src/stream/progress.js';
import { checkRoom, checkSizes } from '../src/stages/check-train.js';
import { countLabels } from '../src/stages/count-labels.js';
import { isOwn, moduleOneRun, type ModuleOneResult } from '../src/stages/module-one.js';
import { trainClassifiers, type ClassifiersResult } from '../src/stages/train-classifiers.js';

/** Peak learning rates: the bag's chosen on a split of WordNet's training texts, the transformers' as published. */
const RATES = { bag: 4e-3, transformer: 2e-4 };

export const TrainOptions = z.object({
  data: dataOption(),
  run: z.string().meta({ description: 'folder of the run to make', value: 'DIR' }),
  modules: z.enum(['1', '2', '1,2']).default('1').meta({
    description:
      '1: the encoder; 2: a classifier for each label of a finished run, and fusion of the scores; 1,2: both',
    value: '1|2|1,2',
  }),
  aux: whole(0).default(8192).meta({ description: 'auxiliary vectors that labels share; 0 trains NGAME' }),
  embeddings: z
    .enum(['f32', 'f16'])
    .default('f32')
    .meta({ description: 'precision of embeddings on disk', value: 'f32|f16' }),
  auxMemory: whole(1)
    .default(64)
    .meta({ description: 'MiB of auxiliary vectors in memory at most; the others are on disk' }),
  headMinCount: whole(1)
    .default(8)
    .meta({ description: 'training texts that give a label an auxiliary vector of its own' }),
  epochs: whole(1, 10_000).default(10).meta({ description: 'passes over the training texts' }),
  steps: whole(1)
    .optional()
    .meta({ description: 'steps at most, of the encoder; default all of the epochs' }),
  batch: whole(2, 16_384).default(1024).meta({ description: 'texts a step' }),
  lr: z
    .number()
    .positive()
    .optional()
    .meta({ description: `peak learning rate; default: ${RATES.bag} for a bag, else ${RATES.transformer}` }),
  encoder: z
    .string()
    .default('bag')
    .meta({
      description:
        'bag, use-lite, or the folder of a model to go on from: of a run, or a BERT of Hugging Face',
      value: `${OWN_ENCODERS.join('|')}|DIR`,
    }),
  dim: whole(1, 4096).optional().meta({ description: 'dimensions of a bag; default 256' }),
  maxLength: whole(1, 512).default(32).meta({ description: 'tokens kept of a text' }),
  resume: z.boolean().default(false).meta({
    description:
      'only go on with a run that was stopped; the same command without it does so too, where it can',
  }),
  seed: whole(0).default(0).meta({ description: 'seed of everything random' }),
  checkpointMinutes: z
    .number()
    .positive()
    .default(10)
    .meta({ description: 'minutes between checkpoints; there is one at each epoch’s end, too' }),
  final: z.enum(['last', 'best']).default('last').meta({
    description: 'the encoder is that of the last epoch, or of the one of the lowest loss',
    value: 'last|best',
  }),
  threads: threadsOption(),
  device: z
    .enum(DEVICES)
    .default('auto')
    .meta({
      description: 'where steps run; auto: a GPU that computes what the CPU does, else the CPU',
      value: DEVICES.join('|'),
    }),
  store: z.string().optional().meta({
    description: 'folder for tokenized texts, to share by runs; default: in the run, while training lasts',
    value: 'DIR',
  }),
  classifierEpochs: whole(1, 10_000).default(20).meta({ description: 'epochs of module 2' }),
  classifierBatch: whole(2, 16_384).default(512).meta({ description: 'texts a step of module 2' }),
  classifierLr: z.number().positive().default(1e-3).meta({ description: 'peak learning rate of module 2' }),
  classifierMemory: whole(1)
    .default(1024)
    .meta({ description: 'MiB of classifiers in memory at most; the others are on disk' }),
});
export type TrainOptions = z.input<typeof TrainOptions>;

/** What was trained on, and what it took. */
export interface TrainResult {
  /** Texts trained on in each epoch's order, those left out because they have no labels, and those held back for fusion. */
  texts: number;
  unlabelled: number;
  held: number;
  /** Of the modules that were trained. */
  encoder?: ModuleOneResult & { device: Choice };
  classifiers?: ClassifiersResult;
  seconds: number;
}

/**
 * Makes the folder of a run: `config.json` (the options), `training.jsonl` (a line an epoch), of Module I `model/`,
 * embeddings and texts of the labels, of Module II the classifiers and how scores are fused.
 */
export async function train(given: TrainOptions, watch: Watch = {}): Promise<TrainResult> {
  const started = performance.now();
  const options = checkOptions(TrainOptions, given);
  const dataset = await openDataset(options.data);
  using _lock = new RunLock(options.run);
  const { files, data, heads, held, ...counts } = await begin(options, dataset, watch);
  const half = options.embeddings === 'f16';
  const result: TrainResult = { ...counts, held: held.length, seconds: 0 };
  if (!existsSync(files.model)) {
    const device = deviceFor(options);
    const lr = options.lr ?? rateFor(options.encoder);
    const auxiliaryMemory = options.auxMemory * 2 ** 20;
    const minutes = options.checkpointMinutes;
    const module = {
      ...options,
      dataset,
      data,
      files,
      heads,
      minutes,
      lr,
      half,
      auxiliaryMemory,
      device: device.device,
    };
    result.encoder = { ...(await moduleOneRun(module, watch)), device };
  }
  if (options.modules !== '1' && !existsSync(files.fusion)) {
    const { classifierEpochs: epochs, classifierBatch: batch, classifierLr: lr, seed, threads } = options;
    await addToConfig(
      files,
      { classifierEpochs: epochs, classifierBatch: batch, classifierLr: lr, seed },
      watch,
    );
    const minutes = options.checkpointMinutes;
    const memory = options.classifierMemory * 2 ** 20;
    result.classifiers = await trainClassifiers(
      { dataset, data, files, held, half, epochs, batch, lr, memory, minutes, seed, threads },
      watch,
    );
  }
  for (const path of [files.frequency, files.rows]) await rm(path, { force: true }); // in this order: see `startRun`
  return { ...result, seconds: Math.round((performance.now() - started) / 100) / 10 };
}

interface Begun {
  files: RunFiles;
  /** What the data set is known by. */
  data: string;
  /** Labels of the head. */
  heads: number;
  /** Training texts to train on, those without labels, and those that fusion is fitted to. */
  texts: number;
  unlabelled: number;
  held: Int32Array;
}

/**
 * Makes the folder of the run, or continues one, and writes into it what is counted of the data set, so that nothing that
 * grows with labels or texts stays in memory.
 */
async function begin(options: z.output<typeof TrainOptions>, dataset: Dataset, watch: Watch): Promise<Begun> {
  const { modules, encoder, maxLength, headMinCount, run, seed } = options;
  const { frequency, labelled } = await countLabels(dataset, watch);
  const unlabelled = dataset.train - labelled.count;
  const held = modules === '1' ? new Int32Array() : holdBack(labelled, seed);
  checkSizes(options, dataset, { frequency, texts: labelled.count });
  if (!existsSync(runFiles(run).config)) checkRoom(options, dataset); // one that was begun has taken some of it
  if (modules !== '2' && !isOwn(encoder)) checkLength(encoder, readConfig(encoder), maxLength);
  const data = await fingerprintOf(trainingFiles(dataset));
  const own = { lr: options.lr ?? rateFor(encoder), dataset: data };
  const config = { ...options, ...own, run: undefined, resume: undefined }; // wherever it stands, however it is begun
  if (options.resume && !existsSync(runFiles(run).config))
    throw new InputError(`${run}: there is nothing to go on with`);
  const files =
    modules === '2' ? continueRun(run, dataset.labels) : startRun(run, config, { second: modules === '1,2' });
  writeColumn(files.frequency, [frequency]);
  writeColumn(files.rows, labelled.blocks());
  const heads = dataset.labels - countTail(frequency, headMinCount);
  return { files, data, heads, texts: labelled.count, unlabelled, held };
}

/**
 * Writes the options of Module II beside those of Module I; tells if the encoder has seen the texts that are held back,
 * as it has unless both modules have the same seed and were asked for together.
 */
async function addToConfig(
  { config }: RunFiles,
  { seed, ...options }: { seed: number } & Record<string, number>,
  { note }: Watch,
): Promise<void> {
  const before = checkJson(
    config,
    z.looseObject({ modules: z.string().optional(), seed: z.number() }),
    readJson(config),
  );
  if (before.modules !== '1,2' || before.seed !== seed)
    note?.('the encoder was trained on the texts that fusion is fitted to, where its scores are too good');
  await writeJson(config, { ...before, ...options });
}

function rateFor(encoder: string): number {
  const kind = isOwn(encoder) ? encoder : readConfig(encoder).encoder;
  return kind === 'bag' ? RATES.bag : RATES.transformer;
}

/** A bag of embeddings spends its time on tables, which no device holds. */
const deviceFor = ({ device, encoder }: z.output<typeof TrainOptions>): Choice =>
  device === 'auto' && encoder === 'bag'
    ? { device: 'cpu', why: 'a bag of embeddings gains nothing elsewhere' }
    : chooseDevice(device);

export const trainCommand = command({
  name: 'train',
  summary: 'Train DEXA, or NGAME with --aux 0: an encoder, classifiers for the labels, or both',
  options: TrainOptions,
  async run(options, watch) {
    const { texts, unlabelled, held, encoder, classifiers, seconds } = await train(options, watch);
    const lines = [
      `${texts} texts (${unlabelled} more have no labels and were left out; ${held} were held back)`,
    ];
    if (encoder) lines.push(...describeEncoder(encoder));
    if (classifiers) lines.push(...describeClassifiers(classifiers));
    process.stdout.write(`${lines.join('\n')}\n${seconds} s: ${options.run}\n`);
  },
});

const describeEncoder = ({
  empty,
  auxiliary,
  head,
  device,
  steps,
  loss,
}: NonNullable<TrainResult['encoder']>) => [
  `${empty} texts are empty`,
  `${auxiliary} auxiliary vectors (${head} of them for one label each)`,
  `device ${device.device}: ${device.why}`,
  `encoder: ${steps} steps, loss ${loss.toFixed(4)} in the last epoch`,
];

function describeClassifiers({ steps, loss, comparison, by }: ClassifiersResult): string[] {
  const precisions = Object.entries(comparison).map(([name, p]) => `${name} ${(100 * p).toFixed(2)}`);
  return [
    `classifiers: ${steps} steps, loss ${loss.toFixed(4)} in the last epoch`,
    `P@1 in % on the texts held back: ${precisions.join(', ')}; fused by ${by}`,
  ];
}
await runIfMain(import.meta.url, trainCommand);
