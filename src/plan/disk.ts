/** How many bytes a run takes on disk. */
import { existsSync, statfsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { InputError } from '../stream/errors.js';

export interface RunSize {
  labels: number;
  /** Training texts. */
  texts: number;
  dim: number;
  /** Auxiliary vectors; 0 for none. */
  auxiliary: number;
  /** Whether embeddings are in half precision. */
  half: boolean;
  /** Training texts that are trained on at least once. */
  visited: number;
  /** Means: tokens and UTF-8 bytes of a label, tokens and labels of a text. */
  tokensOfLabel: number;
  bytesOfLabel: number;
  tokensOfText: number;
  labelsOfText: number;
}

/** Files of a run together. */
export interface DiskUse {
  what: string;
  bytes: number;
  /** The run itself stays; other files last as long as training, or as a clustering. */
  lasts: 'run' | 'training' | 'clustering';
}

/** Offsets of lists, in the stores of `src/store/ragged.ts`. */
const OFFSET = 8;
const INT = 4;
const FLOAT = 4;
/** A row that is being clustered has its number, its node and its score beside it. */
const CLUSTERED = 2 * INT + 1;

/** Files of Module I, the larger ones. */
export function diskOf({ labels, texts, dim, auxiliary, half, visited, ...mean }: RunSize): DiskUse[] {
  const vector = dim * (half ? 2 : FLOAT);
  const training = (what: string, bytes: number): DiskUse => ({ what, bytes, lasts: 'training' });
  const run = (what: string, bytes: number): DiskUse => ({ what, bytes, lasts: 'run' });
  return [
    run('label embeddings', labels * vector),
    run('label texts', labels * (OFFSET + mean.bytesOfLabel)),
    run('label → auxiliary vector', auxiliary > 0 ? labels * INT : 0),
    run('auxiliary vectors', auxiliary * dim * FLOAT),
    training('auxiliary vectors with moments', auxiliary * 3 * dim * FLOAT),
    training('tokens of labels', labels * (OFFSET + mean.tokensOfLabel * INT)),
    training('tokens of texts', texts * (OFFSET + mean.tokensOfText * INT)),
    training('labels of texts', texts * (OFFSET + mean.labelsOfText * INT)),
    training('text embeddings', visited * vector),
    training('frequencies and orders', labels * INT + 2 * texts * INT),
    {
      what: 'rows that are being clustered',
      bytes: Math.max(auxiliary > 0 ? labels : 0, visited) * (vector + CLUSTERED),
      lasts: 'clustering',
    },
  ];
}

export const bytesOf = (uses: readonly DiskUse[]): number => uses.reduce((sum, { bytes }) => sum + bytes, 0);

/** @throws InputError if a folder, there or not, is on a disk that has not so many bytes free. */
export function checkSpace(folder: string, bytes: number): void {
  const free = freeBytes(folder);
  if (free < bytes)
    throw new InputError(
      `${folder}: about ${inGB(bytes)} GB are needed while training lasts, ${inGB(free)} GB are free`,
    );
}

/** Bytes free where a folder is or would be. */
export function freeBytes(folder: string): number {
  let there = resolve(folder);
  while (!existsSync(there)) there = dirname(there);
  const { bavail, bsize } = statfsSync(there);
  return bavail * bsize;
}

export const inGB = (bytes: number): string => (bytes / 1e9).toFixed(bytes < 1e9 ? 2 : 1);
