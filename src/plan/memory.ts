/** How much memory a run takes: what does not depend on its size is measured. */

export interface MemorySize {
  labels: number;
  texts: number;
  dim: number;
  auxiliary: number;
  /** Most memory of the process while a small run went on, bytes. */
  measured: number;
  /** Bytes of rows that a clustering has in memory at most, and of auxiliary vectors. */
  clustering: number;
  vectors: number;
}

export interface MemoryUse {
  what: string;
  bytes: number;
}

/** What grows with the size, to its bound, beside what was measured; not all of it at the same time. */
export function memoryOf(size: MemorySize): MemoryUse[] {
  const { labels, texts, dim, auxiliary, measured } = size;
  const rows = Math.max(auxiliary > 0 ? labels : 0, texts) * dim * 4;
  return [
    { what: 'process with threads, model and batches', bytes: measured },
    { what: 'label counts, while they are counted', bytes: labels * 4 + texts / 8 },
    { what: 'rows that are being clustered, at most', bytes: Math.min(size.clustering, rows) },
    { what: 'auxiliary vectors with moments, at most', bytes: Math.min(size.vectors, auxiliary * dim * 12) },
  ];
}
