/**
 * A model on disk: `config.json`, `model.safetensors`, the tokenizer's files, and `auxiliary.npy` if it was trained with
 * auxiliary vectors, which stay on disk. A Hugging Face folder is a model too. Does not need TensorFlow.js.
 */
import { copyFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import * as z from 'zod';
import { InputError } from '../errors.js';
import { isThere } from '../files/is-there.js';
import { checkJson, readJson } from '../files/read-json.js';
import { readSafetensors, writeSafetensors, type Tensor, type Tensors } from '../formats/safetensors.js';
import { WORDS_FILE, type HashedWords } from './hashed-words.js';
import {
  isHuggingFace,
  loadBert,
  readBertConfig,
  saveBert,
  type BertModelConfig,
} from './hugging-face/folder.js';
import { OWN_ENCODERS, ownEncoder, type OwnEncoderName } from './own-encoders.js';
import { tokenizerFiles } from './use-lite-package.js';

const Config = z.object({
  encoder: z.enum(OWN_ENCODERS),
  dim: z.number().int().min(1).max(65_536),
  /** Maximum number of tokens of a text; the rest is cut off. */
  maxLength: z.number().int().min(1).max(512),
});
export type ModelConfig = z.infer<typeof Config> | BertModelConfig;

export interface Model {
  config: ModelConfig;
  /** By name. */
  parameters: Tensors;
  /** Whether the folder has no weights, so that the parameters are random. */
  initialised?: boolean;
}

const TOKENIZER_FILES = ['tokenizer.json', 'tokenizer_config.json'] as const;

/** The names of the files of a folder's tokenizer. */
export const tokenizerFilesOf = (folder: string): string[] =>
  isThere(join(folder, WORDS_FILE)) ? [...TOKENIZER_FILES, WORDS_FILE] : [...TOKENIZER_FILES];

/** A float32 `.npy`, `[rows, dim]`, in the folder of a model that was trained with auxiliary vectors. */
export const auxiliaryFile = (folder: string): string => join(folder, 'auxiliary.npy');

export interface CreateModelOptions {
  /** Default `bag`. */
  encoder?: OwnEncoderName;
  /** Dimensions of a bag; default 256, as the package's subword embeddings. */
  dim?: number | undefined;
  /** Rows of a bag for hashed words and pairs of words, zeros at first; default 0, subwords alone. */
  words?: number | undefined;
  maxLength: number;
}

/** Creates an encoder that is not trained yet. */
export function createModel(
  folder: string,
  { encoder = 'bag', dim, words = 0, maxLength }: CreateModelOptions,
): void {
  mkdirSync(folder, { recursive: true });
  for (const [name, content] of Object.entries(tokenizerFiles()))
    writeFileSync(join(folder, name), JSON.stringify(content));
  const own = ownEncoder(encoder);
  const config = { encoder, dim: own.dim(dim), maxLength };
  const parameters = own.initial(config.dim);
  if (encoder === 'bag' && words > 0)
    parameters['embedding'] = withWords(folder, parameters['embedding']!, words);
  writeModel(folder, { config, parameters });
}

/** Adds rows for hashed words to a table of embeddings, and their description to the tokenizer in the folder. */
function withWords(folder: string, { shape, data }: Tensor, rows: number): Tensor {
  const [first, dim] = shape as [number, number];
  const words: HashedWords = { first, rows };
  writeFileSync(join(folder, WORDS_FILE), JSON.stringify(words));
  const all = new Float32Array((first + rows) * dim);
  all.set(data);
  return { shape: [first + rows, dim], data: all };
}

export interface SaveModelOptions {
  /** Folder of a model of the same kind, the source of configuration and tokenizer. */
  from: string;
  maxLength: number;
  parameters: Tensors;
}

/**
 * Saves a model with the configuration of `from` and other values, without auxiliary vectors.
 * @throws InputError if the model cannot have this `maxLength`.
 */
export function saveModel(folder: string, { from, maxLength, parameters }: SaveModelOptions): void {
  const config = readConfig(from);
  checkLength(from, config, maxLength);
  mkdirSync(folder, { recursive: true });
  if (config.encoder === 'bert') saveBert(folder, { from, maxLength, parameters });
  else {
    if (resolve(folder) !== resolve(from))
      for (const name of tokenizerFilesOf(from)) copyFileSync(join(from, name), join(folder, name));
    writeModel(folder, { config: { ...config, maxLength }, parameters });
  }
  rmSync(auxiliaryFile(folder), { force: true });
}

/** @throws InputError if the model of a folder cannot take texts of `maxLength` tokens. */
export function checkLength(folder: string, config: ModelConfig, maxLength: number): void {
  if (config.encoder === 'bert' && maxLength > config.bert.positions)
    throw new InputError(
      `maxLength: expected at most ${config.bert.positions} (max_position_embeddings of ${join(folder, 'config.json')}), got ${maxLength}`,
    );
}

function writeModel(folder: string, { config, parameters }: Model): void {
  writeSafetensors(join(folder, 'model.safetensors'), parameters);
  writeFileSync(join(folder, 'config.json'), `${JSON.stringify(config, null, 2)}\n`);
}

/**
 * Loads a model. A Hugging Face folder without weights gets random ones, determined by the seed (default 0).
 * @throws InputError if a file is missing, or the shape of a tensor is not that of the configuration.
 */
export function loadModel(folder: string, { seed = 0 }: { seed?: number } = {}): Model {
  const config = readConfig(folder);
  const model = config.encoder === 'bert' ? loadBert(folder, { seed }) : loadOwn(folder, config);
  checkFinite(folder, model.parameters);
  return model;
}

/** @throws InputError naming a weight that is not a number: all answers would be none. */
function checkFinite(folder: string, parameters: Tensors): void {
  for (const [name, { data }] of Object.entries(parameters)) {
    let at = 0; // a call per value would take five times as long, whenever a thread loads a model
    while (at < data.length && Number.isFinite(data[at])) at++;
    if (at < data.length)
      throw new InputError(`${folder}: tensor ${name}: expected finite values, got ${data[at]!} at ${at}`);
  }
}

function loadOwn(folder: string, config: z.infer<typeof Config>): Model {
  const path = join(folder, 'model.safetensors');
  const parameters = readSafetensors(path);
  for (const [name, shape] of Object.entries(ownEncoder(config.encoder).shapes(config.dim)))
    check(path, parameters, name, shape);
  return { config, parameters };
}

/** Reads `config.json`. @throws InputError if it is missing or not that of a model. */
export function readConfig(folder: string): ModelConfig {
  const path = join(folder, 'config.json');
  const json = readJson(path);
  return isHuggingFace(json) ? readBertConfig(folder) : checkJson(path, Config, json);
}

function check(path: string, tensors: Tensors, name: string, shape: (number | undefined)[]): void {
  const tensor: Tensor | undefined = tensors[name];
  const fits =
    tensor?.shape.length === shape.length && shape.every((n, i) => n === undefined || n === tensor.shape[i]);
  if (!fits)
    throw new InputError(
      `${path}: ${name} has shape [${tensor?.shape.join(', ') ?? 'absent'}], expected [${shape.map((n) => n ?? 'any').join(', ')}]`,
    );
}
