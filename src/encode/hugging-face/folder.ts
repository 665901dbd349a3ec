/**
 * A local Hugging Face folder of the BERT family: `config.json`, the tokenizer, weights unless they are yet to be made,
 * and perhaps what sentence-transformers adds. Saved again it has the same files. Needs no TensorFlow.js.
 */
import { copyFileSync, cpSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import * as z from 'zod';
import { checkJson, readJson } from '../../files/read-json.js';
import { writeSafetensors, type OpaqueTensor, type Tensor, type Tensors } from '../../formats/safetensors.js';
import type { BertConfig } from '../../model/encoders/bert-parameters.js';
import { LENGTH_FILE, MODULES_FILE, POOLING_FILE, readHuggingFaceConfig } from './config.js';
import {
  checkWeights,
  findWeights,
  modernName,
  randomWeights,
  readOthers,
  readWeights,
  WEIGHTS_FILE,
} from './weights.js';

/** What a model's configuration is for this kind of folder. */
export interface BertModelConfig {
  encoder: 'bert';
  dim: number;
  /** Tokens kept of a text. */
  maxLength: number;
  bert: BertConfig;
}

export interface HuggingFaceModel {
  config: BertModelConfig;
  /** All tensors of floats in the folder, by their own names. */
  parameters: Tensors;
  /** Whether the folder has no weights, so that these are random. */
  initialised: boolean;
}

/** Files that belong to the model beside its weights, where they exist. `LENGTH_FILE` is one more. */
export const COMPANION_FILES = [
  'config.json',
  'tokenizer.json',
  'tokenizer_config.json',
  'vocab.txt',
  'special_tokens_map.json',
  'added_tokens.json',
  'config_sentence_transformers.json',
  MODULES_FILE,
  POOLING_FILE,
  '2_Normalize', // an empty folder that `MODULES_FILE` may name
] as const;

/** Whether the content of a `config.json` is of this kind, supported or not. */
export const isHuggingFace = (json: unknown): boolean =>
  typeof json === 'object' && json !== null && 'model_type' in json && !('encoder' in json);

/** @throws InputError if a file is missing, not as expected, or says something that is not supported. */
export const readBertConfig = (folder: string): BertModelConfig => read(folder).config;

export const hasWeights = (folder: string): boolean => findWeights(folder) !== undefined;

/** Weights that are not there are drawn at random, by the seed. @throws InputError as `readBertConfig` does. */
export function loadBert(folder: string, { seed }: { seed: number }): HuggingFaceModel {
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
  /** The folder that the model comes from. */
  from: string;
  maxLength: number;
  /** As `loadBert` gives them; none are missing. */
  parameters: Tensors;
}

/** The files of the source, and the values under the source's names and in its order. */
export function saveBert(folder: string, { from, maxLength, parameters }: SaveBertOptions): void {
  mkdirSync(folder, { recursive: true });
  if (resolve(folder) !== resolve(from))
    for (const name of COMPANION_FILES) copyIfThere(join(from, name), join(folder, name));
  saveMaxLength(folder, { from, maxLength });
  const weights = findWeights(from);
  const tensors = weights ? named(parameters, weights.keys(), readOthers(weights)) : parameters;
  // Hugging Face's own loaders ask for this note.
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

function copyIfThere(from: string, to: string): void {
  if (!existsSync(from)) return;
  mkdirSync(dirname(to), { recursive: true });
  cpSync(from, to, { recursive: true });
}

/** Where sentence-transformers keeps it. */
function saveMaxLength(folder: string, { from, maxLength }: { from: string; maxLength: number }): void {
  const [source, path] = [join(from, LENGTH_FILE), join(folder, LENGTH_FILE)];
  const before = existsSync(source)
    ? checkJson(source, z.record(z.string(), z.unknown()), readJson(source))
    : { do_lower_case: false };
  if (before['max_seq_length'] === maxLength) {
    if (resolve(source) !== resolve(path)) copyFileSync(source, path);
  } else writeFileSync(path, `${JSON.stringify({ ...before, max_seq_length: maxLength }, null, 2)}\n`);
}
