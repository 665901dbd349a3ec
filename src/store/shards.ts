/**
 * Tables in one file or in shards, of Parquet or of another kind. Shards are numbered from 0: `train-00000.parquet`, or as the Hugging Face hub names them,
 * `train-00000-of-00002.parquet`, at times with a hash at the end. A set of shards is complete, or refused: rows that are
 * lost in silence would shift all later ones.
 */
import { readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { isThere } from '../files/is-there.js';
import { InputError } from '../errors.js';

/** The path of the `index`-th shard of a file. */
export const shardOf = (path: string, index: number): string =>
  `${stemOf(path)}-${String(index).padStart(5, '0')}${endOf(path)}`;

/** Ends of names of tables. */
export const TABLE_END = /\.(csv|tsv|tab|jsonl|ndjson|parquet)(\.(gz|zst))?$/i;
const endOf = (path: string): string => TABLE_END.exec(path)![0];
const stemOf = (path: string): string => path.slice(0, -endOf(path).length);

/** What follows the stem in the name of a shard. */
export const SHARD = /-(\d{1,9})(?:-of-(\d{1,9})(?:-[0-9a-f]{16})?)?$/;

interface Shard {
  readonly path: string;
  readonly index: number;
  /** How many there are, where the name tells. */
  readonly of: number | undefined;
}

/**
 * The file `path`, or its shards in row order; empty if there is neither.
 * @throws InputError if there are both, a shard is missing or there twice, or a name beside them is not that of a shard.
 */
export function findShards(path: string): string[] {
  const shards = namesBeside(path).map((name) => parse(path, name));
  const [first] = shards;
  if (!first) return isThere(path) ? [path] : [];
  if (isThere(path)) throw twoSources(path, first.path);
  shards.sort((a, b) => a.index - b.index);
  for (const [index, shard] of shards.entries()) {
    if (shard.of !== first.of) throw twoSources(first.path, shard.path);
    if (shard.index < index) throw twoSources(shards[index - 1]!.path, shard.path);
    if (shard.index > index) throw missing(shardBeside(shard.path, index), shard.path);
    if (shard.index >= (shard.of ?? Infinity))
      throw new InputError(`${shard.path}: expected a number below ${shard.of!}`);
  }
  if (shards.length < (first.of ?? 0)) throw missing(shardBeside(first.path, shards.length), first.path);
  return shards.map((shard) => shard.path);
}

/** @throws InputError naming two files that hold the same table: neither is chosen in silence. */
export const twoSources = (one: string, other: string): InputError =>
  new InputError(`${one} and ${basename(other)}: two sources of the same table; remove one`);

const missing = (path: string, because: string): InputError =>
  new InputError(`${path}: this shard is missing, but ${basename(because)} exists`);

/** Names in the folder of `path` that begin like those of its shards. */
function namesBeside(path: string): string[] {
  const folder = dirname(path);
  if (!isThere(folder)) return [];
  const [base, end] = [basename(stemOf(path)), endOf(path).toLowerCase()];
  return readdirSync(folder)
    .filter((name) => name.startsWith(base) && /^[-_.]/.test(name.slice(base.length)))
    .filter((name) => name.toLowerCase().endsWith(end) && name.length > base.length + end.length)
    .sort();
}

function parse(path: string, name: string): Shard {
  const [shard = '', index, of] = SHARD.exec(name.slice(0, -endOf(path).length)) ?? [];
  const found = join(dirname(path), name);
  if (index !== undefined && name === basename(stemOf(path)) + shard + endOf(path))
    return { path: found, index: Number(index), of: of === undefined ? undefined : Number(of) };
  const taken = basename(shardOf(path, 0));
  throw new InputError(
    `${found}: not the name of a shard, such as ${taken} or ${taken.replace('.', '-of-00002.')}`,
  );
}

/** The name that the `index`-th shard would have beside `path`. */
const shardBeside = (path: string, index: number): string =>
  stemOf(path).replace(
    /(\d+)(-of-\d+)?(?:-[0-9a-f]{16})?$/,
    (_all, digits: string, of = '') => `${String(index).padStart(digits.length, '0')}${of}`,
  ) + endOf(path);
