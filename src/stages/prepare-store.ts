/** Tokenizes a data set once, into stores on disk that training reads in every epoch. */
import { createHash } from 'node:crypto';
import { readdirSync, statSync } from 'node:fs';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import * as z from 'zod';
import { makeFolder } from '../files/make-folder.js';
import { isThere } from '../files/is-there.js';
import { readParquet } from '../../operators/read-parquet.js';
import { tokenize } from '../../operators/tokenize.js';
import { writeLists } from '../../operators/write-lists.js';
import { tokenizerFilesOf } from '../encode/model-folder.js';
import { LABEL_COLUMNS, TEXT_COLUMNS, trainingFiles, type Dataset } from '../store/dataset.js';
import { digestsOf, firstDamage } from '../files/digests.js';
import { checkJson, readJson } from '../files/read-json.js';
import { RaggedReader } from '../store/ragged.js';
import { versionsOf, whileUnchanged } from '../files/unchanged.js';
import { renameSynced } from '../files/sync.js';
import { writeJson } from '../files/write-json.js';
import { InputError } from '../errors.js';
import { pipeline } from '../stream/pipeline.js';
import { watched, type Watch } from '../stream/progress.js';

/** Base names of the stores: tokens of the labels, tokens of the training texts, and the texts' labels. */
export type TokenFiles = Readonly<Record<'labels' | 'texts' | 'positives', string>>;

export interface TokenStore extends TokenFiles {
  /** Training texts without tokens. */
  emptyTexts: number;
}

export interface PrepareStoreOptions {
  dataset: Dataset;
  /** Folder of the store: reused if it was built from the same files, otherwise rebuilt. */
  dir: string;
  /** Folder with the tokenizer. */
  tokenizer: string;
  /** Maximum tokens per text. */
  maxLength: number;
  threads: number;
}

/** @throws InputError (possibly as cause) if the tokenizer is missing, a file of the data set is bad, or `dir` holds other files. */
export async function prepareStore(options: PrepareStoreOptions, watch: Watch = {}): Promise<TokenStore> {
  const { dir } = options;
  const origin = await originOf(options);
  if (!(await isWhole(dir, origin, watch))) {
    checkReplaceable(dir);
    const partial = `${dir}.partial`;
    await rm(partial, { recursive: true, force: true });
    try {
      makeFolder(dirname(partial));
      await mkdir(partial);
      await whileUnchanged(trainingFiles(options.dataset), () => build(partial, options, watch));
      const files = await digestsOf(partial, DESCRIPTION);
      await writeJson(join(partial, DESCRIPTION), { origin, files } satisfies Description);
      await rm(dir, { recursive: true, force: true });
      await renameSynced(partial, dir);
    } finally {
      await rm(partial, { recursive: true, force: true });
    }
  }
  return { ...tokenFiles(dir), emptyTexts: countEmpty(tokenFiles(dir).texts) };
}

const DESCRIPTION = 'store.json';

const Description = z.object({
  /** What the store was built from. */
  origin: z.unknown(),
  /** SHA-256 of each file. */
  files: z.record(z.string(), z.string()),
});
type Description = z.infer<typeof Description>;

/** @throws InputError if there is anything but a store, which would be lost. */
function checkReplaceable(dir: string): void {
  if (!isThere(dir)) return;
  if (!statSync(dir).isDirectory()) throw new InputError(`${dir}: is not a folder`);
  const bases = Object.values(tokenFiles(''));
  const isOwn = (name: string): boolean =>
    name === DESCRIPTION || bases.some((base) => name.startsWith(`${base}.`));
  const foreign = readdirSync(dir).find((name) => !isOwn(name));
  if (foreign !== undefined)
    throw new InputError(`${dir}: contains ${foreign}, which is not part of a store of tokens`);
}

/** Whether there is an intact store of the same origin. Reports a damaged one. */
async function isWhole(dir: string, origin: object, { note }: Watch): Promise<boolean> {
  const description = readDescription(join(dir, DESCRIPTION));
  if (!description || JSON.stringify(description.origin) !== JSON.stringify(origin)) return false;
  const damage = await firstDamage(dir, description.files, DESCRIPTION);
  if (damage !== undefined) note?.(`${damage}; rebuilding the store`);
  return damage === undefined;
}

/** The origin of a store, if it can be read; otherwise there is no store. */
function readDescription(path: string): Description | undefined {
  try {
    return checkJson(path, Description, readJson(path));
  } catch {
    return undefined;
  }
}

async function build(
  dir: string,
  { dataset, tokenizer, maxLength, threads }: PrepareStoreOptions,
  watch: Watch,
): Promise<void> {
  const { labels, texts, positives } = tokenFiles(dir);
  const toTokens = { tokenizer, maxLength, threads };
  await pipeline(
    dataset.paths.labels,
    readParquet({ columns: LABEL_COLUMNS, batch: 1024 }),
    tokenize(toTokens),
    writeLists({ base: labels, lists: ({ tokens }) => tokens }),
  ).drain(watched(watch, { stage: 'tokenize labels', counting: 'tokenize', total: dataset.labels }));

  await pipeline(
    dataset.paths.train,
    readParquet({ columns: TEXT_COLUMNS, batch: 1024, below: { labels: dataset.labels } }),
    tokenize(toTokens),
    writeLists({ base: texts, lists: ({ tokens }) => tokens }),
    writeLists({ base: positives, lists: ({ columns }) => columns.labels }),
  ).drain(watched(watch, { stage: 'tokenize texts', counting: 'tokenize', total: dataset.train }));
}

/** The base names of the stores in a folder. */
export const tokenFiles = (dir: string): TokenFiles => ({
  labels: join(dir, 'label-tokens'),
  texts: join(dir, 'text-tokens'),
  positives: join(dir, 'text-labels'),
});

function countEmpty(base: string): number {
  using lists = new RaggedReader(base);
  return lists.countEmpty();
}

/** To be raised when the same files make another store. 2: a label that a text names again counts once. */
const VERSION = 2;

/** What a store depends on, as recorded in `store.json`. */
async function originOf({ dataset, tokenizer, maxLength }: PrepareStoreOptions): Promise<object> {
  const hash = createHash('sha256');
  for (const name of tokenizerFilesOf(tokenizer)) hash.update(await readTokenizer(join(tokenizer, name)));
  return {
    version: VERSION,
    labels: await versionsOf(dataset.paths.labels),
    texts: await versionsOf(dataset.paths.train),
    tokenizer: hash.digest('hex'),
    maxLength,
  };
}

const readTokenizer = (path: string): Promise<Buffer> =>
  readFile(path).catch((cause: unknown) => {
    throw new InputError(`${path}: cannot be read: ${(cause as Error).message}`, { cause });
  });
