/** A model on disk: `config.json`, `model.safetensors` and the tokenizer's two files. Needs no TensorFlow.js. */
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import * as z from 'zod';
import { InputError } from '../stream/errors.js';
import { readSafetensors, writeSafetensors, type Tensor, type Tensors } from '../store/safetensors.js';
import { identityBag } from './identity-bag.js';
import { subwordEmbeddings, tokenizerFiles } from './use-lite.js';

const Config = z.object({
  encoder: z.literal('bag'),
  dim: z.number().int().min(1).max(65_536),
  /** Tokens kept of a text. */
  maxLength: z.number().int().min(1).max(512),
});
export type ModelConfig = z.infer<typeof Config>;

export interface Model {
  config: ModelConfig;
  /** By name; `auxiliary` (`[rows, dim]`) is among them if the model was trained with auxiliary vectors. */
  parameters: Tensors;
}

export const TOKENIZER_FILES = ['tokenizer.json', 'tokenizer_config.json'] as const;

/** The default encoder at its start: the mean of the package's subword embeddings. */
export function createModel(folder: string, { maxLength }: { maxLength: number }): void {
  const { shape, data } = subwordEmbeddings();
  const dim = shape[1]!;
  mkdirSync(folder, { recursive: true });
  for (const [name, content] of Object.entries(tokenizerFiles()))
    writeFileSync(join(folder, name), JSON.stringify(content));
  writeModel(folder, { config: { encoder: 'bag', dim, maxLength }, parameters: identityBag(data, dim) });
}

export interface SaveModelOptions {
  /** Folder of a model of the same kind: encoder and tokenizer come from there. */
  from: string;
  maxLength: number;
  parameters: Tensors;
}

/** A model like another, with other values, in another folder. */
export function saveModel(folder: string, { from, maxLength, parameters }: SaveModelOptions): void {
  mkdirSync(folder, { recursive: true });
  if (resolve(folder) !== resolve(from))
    for (const name of TOKENIZER_FILES) copyFileSync(join(from, name), join(folder, name));
  writeModel(folder, { config: { ...readConfig(from), maxLength }, parameters });
}

function writeModel(folder: string, { config, parameters }: Model): void {
  writeSafetensors(join(folder, 'model.safetensors'), parameters);
  writeFileSync(join(folder, 'config.json'), `${JSON.stringify(config, null, 2)}\n`);
}

/** @throws InputError if a file is missing, or a tensor has another shape than the configuration says. */
export function loadModel(folder: string): Model {
  const config = readConfig(folder);
  const path = join(folder, 'model.safetensors');
  const parameters = readSafetensors(path);
  const { dim } = config;
  check(path, parameters, 'embedding', [undefined, dim]);
  check(path, parameters, 'linear.weight', [dim, dim]);
  check(path, parameters, 'linear.bias', [dim]);
  check(path, parameters, 'residual.weight', [dim, dim]);
  check(path, parameters, 'residual.bias', [dim]);
  if (parameters['auxiliary']) check(path, parameters, 'auxiliary', [undefined, dim]);
  return { config, parameters };
}

/** @throws InputError if the file is missing or not a model's. */
export function readConfig(folder: string): ModelConfig {
  const path = join(folder, 'config.json');
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new InputError(`${path}: cannot be read`, { cause: error });
  }
  try {
    return Config.parse(JSON.parse(text));
  } catch (error) {
    const what = error instanceof z.ZodError ? z.prettifyError(error).replaceAll('\n', ' ') : 'not JSON';
    throw new InputError(`${path}: ${what}`, { cause: error });
  }
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
