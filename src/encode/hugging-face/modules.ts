/**
 * The files that sentence-transformers adds to a model. What they ask for is done or refused by name, never ignored: a
 * Transformer, a pooling by the mean or the first token, and Normalize, which every encoder here does anyway.
 */
import { dirname, join } from 'node:path';
import * as z from 'zod';
import { isThere } from '../../files/is-there.js';
import { readIfThere } from '../../files/read-json.js';
import { InputError } from '../../errors.js';
import type { BertConfig } from '../../model/encoders/bert-parameters.js';
import { show } from '../../show.js';

export const MODULES_FILE = 'modules.json';
/** Where the pooling is if `MODULES_FILE` does not say. */
export const POOLING_FILE = join('1_Pooling', 'config.json');
export const PROMPTS_FILE = 'config_sentence_transformers.json';
/** Written for every kind of model; earlier versions named it by the kind. */
export const LENGTH_FILE = 'sentence_bert_config.json';
const OLD_LENGTH_FILE = 'sentence_distilbert_config.json';

const Fields = z.record(z.string(), z.unknown());

/** A folder within the model's, or the model's own. */
const Folder = z.string().regex(/^(?!.*\.\.)[^/\\]*$/, 'expected the name of a folder in the model');
const Modules = z.array(z.object({ type: z.string(), path: Folder }));
const MODULES = ['Transformer', 'Pooling', 'Normalize'] as const;

/**
 * The path of the pooling's configuration, relative to the folder, whether it exists or not.
 * @throws InputError if `MODULES_FILE` names another module, or these in another order.
 */
export function poolingFile(folder: string): string {
  const path = join(folder, MODULES_FILE);
  const modules = readIfThere(path, Modules);
  if (!modules) return POOLING_FILE;
  const kinds = modules.map(({ type }) => {
    const kind = MODULES.find(
      (name) => type.startsWith('sentence_transformers.') && type.endsWith(`.${name}`),
    );
    if (kind) return kind;
    throw new InputError(`${path}: type ${type}: not supported; expected one of ${MODULES.join(', ')}`);
  });
  const [transformer, pooling] = modules;
  if (!/^Transformer,Pooling(,Normalize)*$/.test(kinds.join()))
    throw new InputError(
      `${path}: ${kinds.join(', ')}: not supported; expected Transformer, Pooling and perhaps Normalize`,
    );
  if (transformer!.path !== '')
    throw new InputError(`${path}: Transformer in ${transformer!.path}: not supported; expected path ""`);
  const file = join(pooling!.path, 'config.json');
  if (isThere(join(folder, file))) return file;
  throw new InputError(`${join(folder, file)}: no such file, but ${MODULES_FILE} names it`);
}

/** The folders of the modules besides the model's own; that of Normalize may be empty, or missing. */
export const moduleFolders = (folder: string): string[] =>
  (readIfThere(join(folder, MODULES_FILE), Modules) ?? [{ path: dirname(POOLING_FILE) }])
    .map(({ path }) => path)
    .filter((path) => path !== '');

const LEGACY = 'pooling_mode_';
/** The older flags of the modes that are supported. */
const FLAGS: Readonly<Record<string, string>> = { mean_tokens: 'mean', cls_token: 'cls' };

/** @throws InputError if the folder asks for another pooling. */
export function readPooling(folder: string): BertConfig['pooling'] {
  const path = join(folder, poolingFile(folder));
  const config = readIfThere(path, Fields) ?? {};
  const flags = Object.keys(config).filter((key) => key.startsWith(LEGACY));
  const active = flags.filter((key) => config[key] === true).map((key) => key.slice(LEGACY.length));
  const legacy = active.map((flag) => FLAGS[flag] ?? flag);
  const given = config['pooling_mode'] ?? (flags.length > 0 ? legacy : 'mean');
  const modes: unknown[] = Array.isArray(given) ? given : [given];
  const [mode] = modes;
  if (modes.length !== 1 || (mode !== 'mean' && mode !== 'cls'))
    throw new InputError(
      `${path}: pooling ${modes.map((each) => (typeof each === 'string' ? each : show(each))).join(' and ') || 'without a mode'}: not supported; expected mean or cls`,
    );
  return mode;
}

const Prompts = z.object({
  prompts: z.record(z.string(), z.string().nullish()).nullish(),
  default_prompt_name: z.string().nullish(),
});

/** @throws InputError if a prompt stands before every text. */
export function checkPrompts(folder: string): void {
  const path = join(folder, PROMPTS_FILE);
  const { prompts, default_prompt_name: name } = readIfThere(path, Prompts) ?? {};
  if (name == null || !prompts?.[name]) return;
  throw new InputError(
    `${path}: default_prompt_name ${show(name)} puts ${show(prompts[name])} before each text: not supported; remove it, or write it into the texts`,
  );
}

const Length = z.object({
  max_seq_length: z.int().min(1).nullish(),
  do_lower_case: z.boolean().nullish(),
  transformer_task: z.literal('feature-extraction').nullish(),
});
const TokenizerConfig = z.object({
  model_max_length: z.number().min(1).nullish(),
  do_lower_case: z.boolean().nullish(),
});

/** The file with `max_seq_length`: its own, or that of an earlier version; `undefined` if there is neither. */
export const lengthFile = (folder: string): string | undefined =>
  [LENGTH_FILE, OLD_LENGTH_FILE].find((file) => isThere(join(folder, file)));

/** The longest text in tokens, if a file says so. @throws InputError if it is more than there are positions. */
export function readLength(folder: string, positions: number): number | undefined {
  const path = join(folder, lengthFile(folder) ?? LENGTH_FILE);
  const { max_seq_length: given } = readIfThere(path, Length) ?? {};
  if (given == null) {
    const { model_max_length: most } =
      readIfThere(join(folder, 'tokenizer_config.json'), TokenizerConfig) ?? {};
    return most == null || most > positions ? undefined : Math.floor(most);
  }
  if (given <= positions) return given;
  throw new InputError(
    `${path}: max_seq_length: expected at most ${positions} (max_position_embeddings), got ${given}`,
  );
}

/** @throws InputError if a file asks for lower case, or for the text as it is, and `tokenizer.json` does something else. */
export function checkCase(folder: string): void {
  const tokenizer = readIfThere(join(folder, 'tokenizer.json'), z.object({ normalizer: z.unknown() }));
  if (!tokenizer) return;
  const lowers = lowersCase(tokenizer.normalizer);
  const path = join(folder, lengthFile(folder) ?? LENGTH_FILE);
  if (readIfThere(path, Length)?.do_lower_case && !lowers)
    throw new InputError(
      `${path}: do_lower_case: not supported; let tokenizer.json have the normalizer Lowercase`,
    );
  const config = join(folder, 'tokenizer_config.json');
  const wanted = readIfThere(config, TokenizerConfig)?.do_lower_case;
  if (wanted != null && wanted !== lowers)
    throw new InputError(
      `${config}: do_lower_case ${wanted}: the normalizer of tokenizer.json does the opposite`,
    );
}

const Normalizer = z.looseObject({
  type: z.string(),
  lowercase: z.boolean().optional(),
  normalizers: z.array(z.unknown()).optional(),
});

/** Whether a normalizer of `tokenizer.json`, or one in its sequence, makes texts lower case. */
function lowersCase(normalizer: unknown): boolean {
  const { data } = Normalizer.safeParse(normalizer);
  if (!data) return false;
  return data.type === 'Lowercase' || data.lowercase === true || (data.normalizers ?? []).some(lowersCase);
}
