/** How many bytes a run takes on disk. */
import { existsSync, statfsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { InputError } from '../errors.js';

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
export const OFFSET = 8;
export const INT = 4;
const FLOAT = 4;
/** A row that is being clustered has its number, its node and its score beside it. */
const CLUSTERED = 2 * INT + 1;

/** The larger files of Module I. */
export function diskOf({ labels, texts, dim, auxiliary, half, visited, ...mean }: RunSize): DiskUse[] {
  const vector = vectorBytes(dim, half);
  return [
    { lasts: 'run', what: 'label embeddings', bytes: labels * vector },
    { lasts: 'run', what: 'label texts', bytes: labels * (OFFSET + mean.bytesOfLabel) },
    { lasts: 'run', what: 'label → auxiliary vector', bytes: auxiliary > 0 ? labels * INT : 0 },
    { lasts: 'run', what: 'auxiliary vectors', bytes: auxiliary * dim * FLOAT },
    { lasts: 'training', what: 'auxiliary vectors with moments', bytes: auxiliary * 3 * dim * FLOAT },
    { lasts: 'training', what: 'tokens of labels', bytes: labels * (OFFSET + mean.tokensOfLabel * INT) },
    { lasts: 'training', what: 'tokens of texts', bytes: texts * (OFFSET + mean.tokensOfText * INT) },
    { lasts: 'training', what: 'labels of texts', bytes: texts * (OFFSET + mean.labelsOfText * INT) },
    { lasts: 'training', what: 'text embeddings', bytes: visited * vector },
    { lasts: 'training', what: 'frequencies and orders', bytes: labels * INT + 2 * texts * INT },
    {
      lasts: 'clustering',
      what: 'rows that are being clustered',
      bytes: Math.max(auxiliary > 0 ? labels : 0, visited) * (vector + CLUSTERED),
    },
  ];
}

/** The larger files of Module II, which is trained when Module I is done. */
export function secondDiskOf({ labels, texts, dim, half, labelsOfText }: RunSize): DiskUse[] {
  const vector = vectorBytes(dim, half);
  return [
    { lasts: 'run', what: 'classifiers', bytes: labels * dim * FLOAT },
    { lasts: 'run', what: 'inverse propensities', bytes: labels * FLOAT },
    {
      lasts: 'training',
      what: 'classifiers with moments',
      bytes: Math.min(labels, texts * labelsOfText) * 3 * dim * FLOAT,
    },
    { lasts: 'training', what: 'labels of texts', bytes: texts * (OFFSET + labelsOfText * INT) },
    { lasts: 'training', what: 'text embeddings', bytes: texts * vector },
    { lasts: 'training', what: 'frequencies and orders', bytes: labels * INT + 2 * texts * INT },
    { lasts: 'clustering', what: 'rows that are being clustered', bytes: texts * (vector + CLUSTERED) },
  ];
}

const vectorBytes = (dim: number, half: boolean): number => dim * (half ? 2 : FLOAT);

export const bytesOf = (uses: readonly DiskUse[]): number => uses.reduce((sum, { bytes }) => sum + bytes, 0);

/** @throws InputError if a folder, there or not, is on a disk that has not so many bytes free. */
export function checkSpace(folder: string, bytes: number): void {
  const free = freeBytes(folder);
  if (free < bytes)
    throw new InputError(
      `${folder}: about ${readable(bytes)} are needed while training lasts, ${readable(free)} are free`,
    );
}

/** Bytes free where a folder is or would be. */
export function freeBytes(folder: string): number {
  let there = resolve(folder);
  while (!existsSync(there)) there = dirname(there);
  const { bavail, bsize } = statfsSync(there);
  return bavail * bsize;
}

/** With its unit. */
export const readable = (bytes: number): string =>
  bytes < 1e9 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e9).toFixed(1)} GB`;
