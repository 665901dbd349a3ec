/** What a stage costs: work, disk and memory, from the size of a data set. Not seconds: they depend on the machine. */

/** The size of a data set. */
export interface Size {
  /** Name of the data set in errors. */
  name: string;
  labels: number;
  /** Number of training texts, and of those that have labels. */
  texts: number;
  labelled: number;
  /** Number of labels with fewer than `minCount` training texts. */
  tail: (minCount: number) => number;
  /** Means per label: tokens (before truncation) and UTF-8 bytes, 0 if no label has a text; per text: tokens and labels. */
  means: Readonly<Record<'tokensOfLabel' | 'bytesOfLabel' | 'tokensOfText' | 'labelsOfText', number>>;
}

/** Work of one part of a stage. */
export interface Work {
  /** Number of labels, texts or visits of texts that are processed row by row. */
  rows: number;
  /** Clusterings: number of rows, of clusters, and of repetitions. */
  clusterings?: readonly Clustering[];
  /** Bytes of each store from which each row reads at random: they give the number of cold page reads. */
  stores?: readonly number[];
}

export interface Clustering {
  rows: number;
  clusters: number;
  dim: number;
  times: number;
}

/** Memory that grows with the data set, up to a bound. */
export interface MemoryUse {
  what: string;
  bytes: number;
}

/** Files together: outputs that are kept, outputs that are temporary, or a stage's private files. */
export interface DiskUse extends MemoryUse {
  lasts: 'run' | 'training' | 'stage';
}

export interface Cost<Part extends string = string> {
  /** By part, in the order in which they run. */
  work: Readonly<Partial<Record<Part, Work>>>;
  disk?: readonly DiskUse[];
  memory?: readonly MemoryUse[];
}

/** Bytes of an offset in a list store, of an int32, of a row being clustered (row number, node and score). */
export const OFFSET = 8;
export const INT = 4;
export const FLOAT = 4;
export const MIB = 2 ** 20;
const CLUSTERED = 2 * INT + 1;

/** Bytes of a vector on disk. */
export const vectorBytes = (dim: number, half: boolean): number => dim * (half ? 2 : FLOAT);

/** Bytes of a store of lists of int32. */
export const listBytes = (rows: number, mean: number): number => rows * (OFFSET + mean * INT);

/** Disk use of clustering `rows` rows of `vector` bytes each. */
export const clusteringDisk = (rows: number, vector: number): DiskUse => ({
  what: 'rows being clustered',
  bytes: rows * (vector + CLUSTERED),
  lasts: 'stage',
});

export const bytesOf = (uses: readonly { bytes: number }[]): number =>
  uses.reduce((sum, { bytes }) => sum + bytes, 0);
