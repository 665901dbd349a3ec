/** The weights of a Hugging Face folder, in one file or in shards, and random initial weights where there are none. */
import { join } from 'node:path';
import * as z from 'zod';
import { Random } from '../../random.js';
import { isThere } from '../../files/is-there.js';
import { checkJson, readJson } from '../../files/read-json.js';
import {
  isFloat,
  readEntries,
  readOpaque,
  readSafetensors,
  type Entry,
  type OpaqueTensor,
  type Tensors,
} from '../../formats/safetensors.js';
import { InputError } from '../../errors.js';
import { bertShapes, WORDS } from '../../model/encoders/bert-parameters.js';
import type { HuggingFaceConfig } from './config.js';

export const WEIGHTS_FILE = 'model.safetensors';
const INDEX_FILE = 'model.safetensors.index.json';
/** Weight formats that are not supported. A folder with only these is refused rather than treated as one without weights. */
const OTHER_WEIGHTS = [
  'pytorch_model.bin',
  'pytorch_model.bin.index.json',
  'tf_model.h5',
  'flax_model.msgpack',
];

/** The file of a tensor, and its entry in that file's header. */
interface Place {
  path: string;
  entry: Entry;
}
/** The tensors of a folder, by their names in its files. */
export type Weights = ReadonlyMap<string, Place>;

/** The tensors of a folder, without their values; `undefined` for a folder without weights. */
export function findWeights(folder: string): Weights | undefined {
  const path = join(folder, WEIGHTS_FILE);
  if (isThere(path)) return placesIn(path);
  if (isThere(join(folder, INDEX_FILE))) return shards(folder);
  for (const name of OTHER_WEIGHTS)
    if (isThere(join(folder, name)))
      throw new InputError(`${join(folder, name)}: not supported; expected ${WEIGHTS_FILE}`);
  return undefined;
}

const placesIn = (path: string): Weights =>
  new Map([...readEntries(path)].map(([name, entry]) => [name, { path, entry }]));

/** A file in the folder itself, not elsewhere. */
const Shard = z.string().regex(/^[^/\\]+\.safetensors$/, 'expected the name of a .safetensors file');
const Index = z.object({ weight_map: z.record(z.string(), Shard) });

function shards(folder: string): Weights {
  const index = join(folder, INDEX_FILE);
  const { weight_map: map } = checkJson(index, Index, readJson(index));
  const files = new Map([...new Set(Object.values(map))].map((file) => [file, placesIn(join(folder, file))]));
  return new Map(
    Object.entries(map).map(([name, file]) => {
      const place = files.get(file)!.get(name);
      if (!place) throw new InputError(`${join(folder, file)}: tensor ${name} is missing`);
      return [name, place];
    }),
  );
}

/** Old checkpoints use TensorFlow's names for the scale and shift of a norm. */
export const modernName = (name: string): string =>
  name.replace(/LayerNorm\.gamma$/, 'LayerNorm.weight').replace(/LayerNorm\.beta$/, 'LayerNorm.bias');

/**
 * Checks that all parameters exist in their shapes, and returns the prefix of their names.
 * @throws InputError naming the tensor that is missing or has another shape.
 */
export function checkWeights(folder: string, weights: Weights, config: HuggingFaceConfig): string {
  const places = new Map([...weights].map(([name, place]) => [modernName(name), place]));
  const { family, dim } = config.bert;
  const prefix = ['', `${family}.`].find((prefix) => places.has(prefix + WORDS)) ?? '';
  const shapes = { [WORDS]: [config.vocabulary, dim], ...bertShapes(config.bert) };
  const file = [...weights.values()][0]?.path ?? join(folder, WEIGHTS_FILE);
  for (const [name, shape] of Object.entries(shapes)) {
    const { path, entry } = places.get(prefix + name) ?? {};
    if (!entry) throw new InputError(`${file}: tensor ${prefix}${name} is missing`);
    if (!isFloat(entry))
      throw new InputError(
        `${path}: tensor ${prefix}${name} is of type ${entry.dtype}; F32, F16 and BF16 can be read`,
      );
    if (entry.shape.join() !== shape.join())
      throw new InputError(
        `${path}: ${prefix}${name} has shape [${entry.shape.join(', ')}], expected [${shape.join(', ')}]`,
      );
  }
  return prefix;
}

/** All float tensors, by modern names. */
export function readWeights(weights: Weights): Tensors {
  const tensors: Tensors = {};
  for (const [path, names] of byFile(weights))
    for (const [name, tensor] of Object.entries(readSafetensors(path, names)))
      tensors[modernName(name)] = tensor;
  return tensors;
}

/** All other tensors. */
export const readOthers = (weights: Weights): Record<string, OpaqueTensor> =>
  Object.assign({}, ...[...byFile(weights).keys()].map(readOpaque)) as Record<string, OpaqueTensor>;

/** The files, with the float tensors of each. */
function byFile(weights: Weights): Map<string, string[]> {
  const files = new Map<string, string[]>();
  for (const [name, { path, entry }] of weights) {
    if (!files.has(path)) files.set(path, []);
    if (isFloat(entry)) files.get(path)!.push(name);
  }
  return files;
}

/** Maximum number of values of an encoder that is created from its configuration alone. */
const MOST_VALUES = 2 ** 31;

/**
 * Weights of an untrained model: normally distributed, with identity norms and zero biases.
 * @throws InputError if the configuration asks for more than `MOST_VALUES` values.
 */
export function randomWeights(
  folder: string,
  { bert, vocabulary, deviation }: HuggingFaceConfig,
  seed: number,
): Tensors {
  const shapes = { [WORDS]: [vocabulary, bert.dim], ...bertShapes(bert) };
  const values = Object.values(shapes).reduce((sum, shape) => sum + sizeOf(shape), 0);
  if (values > MOST_VALUES)
    throw new InputError(`${join(folder, 'config.json')}: an encoder of ${values} values is too large`);
  return Object.fromEntries(
    Object.entries(shapes).map(([name, shape]) => {
      const data = new Float32Array(sizeOf(shape));
      if (shape.length === 2) fillNormal(data, deviation, Random.of(seed, name));
      else if (name.endsWith('.weight')) data.fill(1);
      return [name, { shape, data }];
    }),
  );
}

const sizeOf = (shape: readonly number[]): number => shape.reduce((product, n) => product * n, 1);

/** Box & Muller 1958: two numbers at a time. */
function fillNormal(data: Float32Array, deviation: number, random: Random): void {
  for (let i = 0; i < data.length; i += 2) {
    const radius = deviation * Math.sqrt(-2 * Math.log(1 - random.next()));
    const angle = 2 * Math.PI * random.next();
    data[i] = radius * Math.cos(angle);
    if (i + 1 < data.length) data[i + 1] = radius * Math.sin(angle);
  }
}
