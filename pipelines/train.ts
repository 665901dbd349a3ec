/** DEXA's Module I, from a data set to a trained model; without auxiliary vectors it is NGAME. */
import * as z from 'zod';
import { readParquet } from '../operators/read-parquet.js';
import { writeTexts } from '../operators/write-texts.js';
import { command, runIfMain } from '../src/command/command.js';
import { dataOption, threadsOption, whole } from '../src/command/common.js';
import { checkOptions } from '../src/command/options.js';
import { chooseDevice, DEVICES, type Choice } from '../src/engine/device.js';
import { headAndTail } from '../src/model/auxiliary-map.js';
import {
  checkLength,
  createModel,
  loadModel,
  OWN_ENCODERS,
  readConfig,
  saveModel,
} from '../src/model/folder.js';
import { hasWeights } from '../src/model/hugging-face.js';
import { LABEL_COLUMNS, openDataset, type Dataset } from '../src/store/dataset.js';
import { finishRun, startRun, type RunFiles } from '../src/store/run-folder.js';
import { InputError } from '../src/stream/errors.js';
import { pipeline } from '../src/stream/pipeline.js';
import type { Watch } from '../src/stream/progress.js';
import { countLabels } from './count-labels.js';
import { embedLabels } from './embed-labels.js';
import { mapLabels } from './map-labels.js';
import { prepareStore } from './prepare-store.js';
import { trainEncoder } from './train-encoder.js';

/** Peak learning rates: the bag's chosen on a split of WordNet's training texts, the transformers' as published. */
const RATES = { bag: 4e-3, transformer: 2e-4 };

export const TrainOptions = z.object({
  data: dataOption(),
  run: z.string().meta({ description: 'folder of the run to make', value: 'DIR' }),
  aux: whole(0).default(8192).meta({ description: 'auxiliary vectors that labels share; 0 trains NGAME' }),
  headMinCount: whole(1)
    .default(8)
    .meta({ description: 'training texts that give a label an auxiliary vector of its own' }),
  epochs: whole(1, 10_000).default(10).meta({ description: 'passes over the training texts' }),
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
  maxLength: whole(1, 512).default(32).meta({ description: 'tokens kept of a text' }),
  seed: whole(0).default(0).meta({ description: 'seed of everything random' }),
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
});
export type TrainOptions = z.input<typeof TrainOptions>;

/** What was trained on, and what it took. */
export interface TrainResult {
  /** Texts trained on in each epoch's order, and those left out because they have no labels. */
  texts: number;
  unlabelled: number;
  /** Texts without tokens; they are trained on like others. */
  empty: number;
  /** Labels with an auxiliary vector of their own, and vectors in all. */
  head: number;
  auxiliary: number;
  steps: number;
  /** Mean loss of the last epoch. */
  loss: number;
  seconds: number;
  /** Where the steps ran. */
  device: Choice;
}

/**
 * Makes the folder of a run: `model/`, embeddings and texts of the labels, `config.json` (the options) and
 * `training.jsonl` (a line an epoch).
 */
export async function train(given: TrainOptions, watch: Watch = {}): Promise<TrainResult> {
  const started = performance.now();
  const checked = checkOptions(TrainOptions, given);
  const options = { ...checked, lr: checked.lr ?? rateFor(checked.encoder) };
  const { aux, maxLength, seed, threads } = options;
  const dataset = await openDataset(options.data);
  const { frequency, labelled } = await countLabels(dataset, watch);
  const { head, tail } = headAndTail(frequency, options.headMinCount);
  check(options, { dataset, labelled, tail });
  const device = deviceFor(options);
  if (!isOwn(options.encoder)) checkLength(options.encoder, readConfig(options.encoder), maxLength);
  const files = startRun(options.run, options);

  const initial = initialModel(options, files, watch);
  const storeDir = options.store ?? files.store;
  const store = await prepareStore({ dataset, dir: storeDir, tokenizer: initial, maxLength, threads }, watch);

  let auxiliary = 0;
  const labelEmbeddings = { tokens: store.labels, path: files.labels, labels: dataset.labels, threads };
  if (aux > 0) {
    await embedLabels({ ...labelEmbeddings, model: initial }, watch);
    const mapping = {
      embeddings: files.labels,
      head,
      tail,
      shared: aux,
      path: files.auxiliary,
      threads,
      seed,
    };
    auxiliary = await mapLabels(mapping, watch);
  }
  const rowOfLabel = aux > 0 ? files.auxiliary : undefined;

  const { steps, loss } = await trainEncoder(
    {
      ...options,
      initial,
      store,
      files,
      auxiliary,
      rowOfLabel,
      labelled,
      texts: dataset.train,
      device: device.device,
    },
    watch,
  );
  await embedLabels({ ...labelEmbeddings, model: files.trained, auxiliary: rowOfLabel }, watch);
  await copyLabelTexts(dataset, files, watch);
  finishRun(files);
  return {
    texts: labelled.length,
    unlabelled: dataset.train - labelled.length,
    empty: store.emptyTexts,
    head: aux > 0 ? head.length : 0,
    auxiliary,
    steps,
    loss,
    seconds: Math.round((performance.now() - started) / 100) / 10,
    device,
  };
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

const isOwn = (encoder: string): encoder is (typeof OWN_ENCODERS)[number] =>
  (OWN_ENCODERS as readonly string[]).includes(encoder);

/** The folder of the model to start from: the one given, or one made for the run. */
function initialModel(
  { encoder, maxLength, seed }: z.output<typeof TrainOptions>,
  { initial }: RunFiles,
  { note }: Watch,
): string {
  if (isOwn(encoder)) {
    createModel(initial, { encoder, maxLength });
    return initial;
  }
  if (hasWeights(encoder)) return encoder;
  const { parameters } = loadModel(encoder, { seed });
  saveModel(initial, { from: encoder, maxLength, parameters });
  note?.(`${encoder}: holds no weights, so training starts from random ones`);
  return initial;
}

/** @throws InputError if the data are too small for what is asked. */
function check(
  { aux, batch, headMinCount }: z.output<typeof TrainOptions>,
  { dataset, labelled, tail }: { dataset: Dataset; labelled: Int32Array; tail: Int32Array },
): void {
  const { labels, train } = dataset.paths;
  if (aux > tail.length)
    throw new InputError(
      `aux: expected at most ${tail.length} (the labels of ${labels} with fewer than ${headMinCount} texts), got ${aux}`,
    );
  if (batch > labelled.length)
    throw new InputError(
      `batch: expected at most ${labelled.length} (the texts of ${train} with labels), got ${batch}`,
    );
}

/** So that the run can name what it predicts without the data set. */
async function copyLabelTexts(dataset: Dataset, files: RunFiles, { signal }: Watch): Promise<void> {
  const read = readParquet({ columns: LABEL_COLUMNS });
  await pipeline([dataset.paths.labels], read, writeTexts({ base: files.texts })).drain({ signal });
}

export const trainCommand = command({
  name: 'train',
  summary: 'Train an encoder: DEXA, or NGAME with --aux 0',
  options: TrainOptions,
  async run(options, watch) {
    const { texts, unlabelled, empty, head, auxiliary, steps, loss, seconds, device } = await train(
      options,
      watch,
    );
    process.stdout.write(
      `${texts} texts (${empty} of them empty; ${unlabelled} more have no labels and were left out)\n` +
        `${auxiliary} auxiliary vectors (${head} of them for one label each)\n` +
        `device ${device.device}: ${device.why}\n` +
        `${steps} steps in ${seconds} s, loss ${loss.toFixed(4)} in the last epoch: ${options.run}\n`,
    );
  },
});
await runIfMain(import.meta.url, trainCommand);
