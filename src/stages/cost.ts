/** What a stage costs: work, disk and memory, from the size of a data set. Never seconds: these depend on the machine. */

/** A data set by its numbers. */
export interface Size {
  /** Named in errors. */
  name: string;
  labels: number;
  /** Training texts, and those of them that have labels. */
  texts: number;
  labelled: number;
  /** Labels with fewer training texts than this. */
  tail: (minCount: number) => number;
  /** Means: tokens (not cut) and UTF-8 bytes of a label, tokens and labels of a text. */
  means: Readonly<Record<'tokensOfLabel' | 'bytesOfLabel' | 'tokensOfText' | 'labelsOfText', number>>;
}

/** Work of one part of a stage. */
export interface Work {
  /** Labels, texts or visits of texts that are processed row by row. */
  rows: number;
  /** Clusterings: how many rows go into how many clusters, how often. */
  clusterings?: readonly Clustering[];
  /** Bytes of each store that a row reads at random, to tell how many pages are read from a cold disk. */
  stores?: readonly number[];
}

export interface Clustering {
  rows: number;
  clusters: number;
  dim: number;
  times: number;
}

/** Memory that grows with the size, up to a bound. */
export interface MemoryUse {
  what: string;
  bytes: number;
}

/** Files together: outputs that are kept, outputs that are temporary, or a stage's private files. */
export interface DiskUse extends MemoryUse {
  lasts: 'run' | 'training' | 'stage';
}

export interface Cost<Part extends string = string> {
  /** By part, in the order of their progress. */
  work: Readonly<Partial<Record<Part, Work>>>;
  disk?: readonly DiskUse[];
  memory?: readonly MemoryUse[];
}

/** Bytes of an offset in a list store, of an int32, of a row that is being clustered (number, node and score). */
export const OFFSET = 8;
export const INT = 4;
export const FLOAT = 4;
export const MIB = 2 ** 20;
const CLUSTERED = 2 * INT + 1;

/** Bytes of a row of numbers on disk. */
export const vectorBytes = (dim: number, half: boolean): number => dim * (half ? 2 : FLOAT);

/** Bytes of a store of lists of int32. */
export const listBytes = (rows: number, mean: number): number => rows * (OFFSET + mean * INT);

/** What a clustering of so many rows has on disk. */
export const clusteringDisk = (rows: number, vector: number): DiskUse => ({
  what: 'rows being clustered',
  bytes: rows * (vector + CLUSTERED),
  lasts: 'stage',
});

export const bytesOf = (uses: readonly { bytes: number }[]): number =>
  uses.reduce((sum, { bytes }) => sum + bytes, 0);
