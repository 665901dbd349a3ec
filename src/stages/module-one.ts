/** DEXA's Module I, from a data set to a run with a trained encoder; without auxiliary vectors it is NGAME's. */
import { existsSync } from 'node:fs';
import { readParquet } from '../../operators/read-parquet.js';
import { writeTexts } from '../../operators/write-texts.js';
import type { Choice } from '../engine/device.js';
import { createModel, loadModel, saveModel } from '../encode/model-folder.js';
import { OWN_ENCODERS, type OwnEncoderName } from '../encode/own-encoders.js';
import { hasWeights } from '../encode/hugging-face/folder.js';
import { LABEL_COLUMNS, trainingFiles, type Dataset } from '../store/dataset.js';
import { checkFingerprint } from '../files/fingerprint.js';
import { finishRun, type RunFiles } from '../store/run-folder.js';
import { whileUnchanged } from '../files/unchanged.js';
import { pipeline } from '../stream/pipeline.js';
import { watched, type Watch } from '../stream/progress.js';
import { embedLabels } from './embed-labels.js';
import { mapLabels } from './map-labels.js';
import { prepareStore } from './prepare-store.js';
import { trainEncoder } from './train-encoder.js';

export interface ModuleOneOptions {
  dataset: Dataset;
  /** What the data set is known by; see `fingerprintOf`. */
  data: string;
  /** Of a run that has been started, with `frequency` and `rows`; what is there of it already is used. */
  files: RunFiles;
  /** Labels with an auxiliary vector of their own, if labels have any. */
  heads: number;
  /** Minutes between checkpoints. */
  minutes: number;
  /** Which epoch's model is the trained one. */
  final: 'last' | 'best';
  /** One of ours, or the folder of a model. */
  encoder: string;
  aux: number;
  headMinCount: number;
  /** Whether embeddings are in half precision on disk. */
  half: boolean;
  /** Bytes of auxiliary vectors and their moments in memory at most. */
  auxiliaryMemory: number;
  /** Dimensions, if it is a bag of ours; default 256. */
  dim?: number | undefined;
  epochs: number;
  /** At most; default all of the epochs. */
  steps?: number | undefined;
  batch: number;
  lr: number;
  maxLength: number;
  /** Folder of the tokenized texts; default in the run. */
  store?: string | undefined;
  seed: number;
  threads: number;
  device: Choice['device'];
}

export interface ModuleOneResult {
  /** Training texts without tokens; they are trained on like others. */
  empty: number;
  /** Labels with an auxiliary vector of their own, and vectors in all. */
  head: number;
  auxiliary: number;
  steps: number;
  /** Mean loss of the last epoch. */
  loss: number;
}

/** Leaves a complete run: the model, embeddings and texts of the labels. */
export async function moduleOneRun(
  { dataset, data, files, heads, minutes, final, encoder, dim, aux, ...options }: ModuleOneOptions,
  watch: Watch,
): Promise<ModuleOneResult> {
  const { headMinCount, half, auxiliaryMemory, epochs, steps, batch, lr, maxLength, seed, threads, device } =
    options;
  const initial = initialModel({ encoder, dim, maxLength, seed }, files, watch);
  const dir = options.store ?? files.store;
  const store = await prepareStore({ dataset, dir, tokenizer: initial, maxLength, threads }, watch);

  const labelEmbeddings = { tokens: store.labels, path: files.labels, half, labels: dataset.labels, threads };
  if (aux > 0 && !existsSync(files.auxiliary)) {
    await embedLabels({ ...labelEmbeddings, model: initial }, watch);
    const { labels: embeddings, frequency, auxiliary: path } = files;
    await mapLabels({ embeddings, frequency, headMinCount, shared: aux, path, threads, seed }, watch);
  }
  const head = aux > 0 ? heads : 0;
  const auxiliary = aux > 0 ? head + aux : 0;
  const rowOfLabel = aux > 0 ? files.auxiliary : undefined;

  const training = {
    initial,
    store,
    files,
    data,
    minutes,
    final,
    half,
    auxiliary,
    auxiliaryMemory,
    rowOfLabel,
    texts: dataset.train,
  };
  const result = await trainEncoder(
    { ...training, epochs, steps, batch, lr, maxLength, seed, threads, device },
    watch,
  );
  await embedLabels({ ...labelEmbeddings, model: files.trained, auxiliary: rowOfLabel }, watch);
  await copyLabelTexts(dataset, files, watch);
  await checkFingerprint(trainingFiles(dataset), data);
  finishRun(files);
  return { ...result, empty: store.emptyTexts, head, auxiliary };
}

/** Whether an encoder is one of ours, made for the run. */
export const isOwn = (encoder: string): encoder is OwnEncoderName =>
  (OWN_ENCODERS as string[]).includes(encoder);

/** The folder of the model to start from: the one given, or one made for the run. */
function initialModel(
  { encoder, dim, maxLength, seed }: Pick<ModuleOneOptions, 'encoder' | 'dim' | 'maxLength' | 'seed'>,
  { initial }: RunFiles,
  { note }: Watch,
): string {
  if (isOwn(encoder)) {
    createModel(initial, { encoder, dim, maxLength });
    return initial;
  }
  if (hasWeights(encoder)) return encoder;
  const { parameters } = loadModel(encoder, { seed });
  saveModel(initial, { from: encoder, maxLength, parameters });
  note?.(`${encoder}: holds no weights, so training starts from random ones`);
  return initial;
}

/** So that the run can name what it predicts without the data set. */
async function copyLabelTexts(dataset: Dataset, files: RunFiles, watch: Watch): Promise<void> {
  const read = readParquet({ columns: LABEL_COLUMNS });
  const copied = pipeline(dataset.paths.labels, read, writeTexts({ base: files.texts }));
  const watching = watched(watch, {
    stage: 'copy label texts',
    counting: 'read-parquet',
    total: dataset.labels,
  });
  await whileUnchanged(dataset.paths.labels, () => copied.drain(watching));
}
