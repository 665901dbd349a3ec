/**
 * A local Hugging Face folder of the BERT family: `config.json`, the tokenizer, optional weights, and optional files of
 * sentence-transformers. A saved copy has the same files. Does not need TensorFlow.js.
 */
import { copyFileSync, cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import * as z from 'zod';
import { isThere } from '../../files/is-there.js';
import { readIfThere } from '../../files/read-json.js';
import { writeSafetensors, type OpaqueTensor, type Tensor, type Tensors } from '../../formats/safetensors.js';
import type { BertConfig } from '../../model/encoders/bert-parameters.js';
import { readHuggingFaceConfig } from './config.js';
import { lengthFile, LENGTH_FILE, moduleFolders, MODULES_FILE, PROMPTS_FILE } from './modules.js';
import {
  checkWeights,
  findWeights,
  modernName,
  randomWeights,
  readOthers,
  readWeights,
  WEIGHTS_FILE,
} from './weights.js';

/** The model configuration of this kind of folder. */
export interface BertModelConfig {
  encoder: 'bert';
  dim: number;
  /** Maximum number of tokens of a text; the rest is cut off. */
  maxLength: number;
  bert: BertConfig;
}

/** Optional files of the model besides its weights and `LENGTH_FILE`. */
const COMPANION_FILES = [
  'config.json',
  'tokenizer.json',
  'tokenizer_config.json',
  'vocab.txt',
  'special_tokens_map.json',
  'added_tokens.json',
  PROMPTS_FILE,
  MODULES_FILE,
] as const;

/** Whether the content of a `config.json` is that of a Hugging Face model, supported or not. */
export const isHuggingFace = (json: unknown): boolean =>
  typeof json === 'object' && json !== null && 'model_type' in json && !('encoder' in json);

/** @throws InputError if a file is missing or malformed, or asks for something that is not supported. */
export const readBertConfig = (folder: string): BertModelConfig => read(folder).config;

export const hasWeights = (folder: string): boolean => findWeights(folder) !== undefined;

/** All float tensors, by name; if there are none, they are drawn at random by the seed. @throws InputError as `readBertConfig` does. */
export function loadBert(folder: string, { seed }: { seed: number }) {
  const { config, source, weights } = read(folder);
  return {
    config,
    parameters: weights ? readWeights(weights) : randomWeights(folder, source, seed),
    initialised: !weights,
  };
}

function read(folder: string) {
  const source = readHuggingFaceConfig(folder);
  const weights = findWeights(folder);
  const prefix = weights ? checkWeights(folder, weights, source) : '';
  const { bert, maxLength } = source;
  const config: BertModelConfig = { encoder: 'bert', dim: bert.dim, maxLength, bert: { ...bert, prefix } };
  return { config, source, weights };
}

export interface SaveBertOptions {
  /** The folder that the model was loaded from. */
  from: string;
  maxLength: number;
  /** All parameters, as returned by `loadBert`. */
  parameters: Tensors;
}

/** Saves the files of the source, and the values under the source's names and in its order. */
export function saveBert(folder: string, { from, maxLength, parameters }: SaveBertOptions): void {
  mkdirSync(folder, { recursive: true });
  if (resolve(folder) !== resolve(from))
    for (const name of [...COMPANION_FILES, ...moduleFolders(from)])
      copyIfExists(join(from, name), join(folder, name));
  saveMaxLength(folder, { from, maxLength });
  const weights = findWeights(from);
  const tensors = weights ? named(parameters, weights.keys(), readOthers(weights)) : parameters;
  // Hugging Face's loaders require this metadata.
  writeSafetensors(join(folder, WEIGHTS_FILE), tensors, { metadata: { format: 'pt' } });
}

function named(
  parameters: Tensors,
  names: Iterable<string>,
  others: Record<string, OpaqueTensor>,
): Record<string, Tensor | OpaqueTensor> {
  return Object.fromEntries(
    [...names].map((name) => [name, others[name] ?? parameters[modernName(name)]!] as const),
  );
}

function copyIfExists(from: string, to: string): void {
  if (!isThere(from)) return;
  mkdirSync(dirname(to), { recursive: true });
  cpSync(from, to, { recursive: true });
}

/** Saves the length in the file of sentence-transformers. */
function saveMaxLength(folder: string, { from, maxLength }: { from: string; maxLength: number }): void {
  const [source, path] = [join(from, lengthFile(from) ?? LENGTH_FILE), join(folder, LENGTH_FILE)];
  const before = readIfThere(source, z.record(z.string(), z.unknown())) ?? { do_lower_case: false };
  if (before['max_seq_length'] === maxLength) {
    if (resolve(source) !== resolve(path)) copyFileSync(source, path);
  } else writeFileSync(path, `${JSON.stringify({ ...before, max_seq_length: maxLength }, null, 2)}\n`);
}
