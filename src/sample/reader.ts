/** Which rows of the training data make a mini-batch: texts, or labels, as the method visits them. */
export interface BatchPlan {
  epoch: number;
  /** Within the epoch, from 0. */
  step: number;
  /** Rows visited, `[B]`. */
  rows: Int32Array;
}

/** Reads mini-batches from disk. What it draws depends on its seed, the epoch and the step alone. */
export interface Reader<Batch extends BatchPlan> {
  read(plan: BatchPlan): Batch;
}

/** The default export of a reader's file, which the reading threads load by its URL. `sources` survive structured cloning. */
export type MakeReader<Sources, Batch extends BatchPlan> = (sources: Sources) => Reader<Batch>;
