/** The rows of the training data that make up a mini-batch: texts or labels, depending on the method. */
export interface BatchPlan {
  epoch: number;
  /** Step within the epoch, from 0. */
  step: number;
  /** Rows visited, `[B]`. */
  rows: Int32Array;
}

/** Reads mini-batches from disk. Random choices depend on its seed, the epoch and the step alone. */
export interface Reader<Batch extends BatchPlan> {
  read(plan: BatchPlan): Batch;
}

/** The default export of a reader's file, which reading threads load by its URL. `sources` must survive structured cloning. */
export type MakeReader<Sources, Batch extends BatchPlan> = (sources: Sources) => Reader<Batch>;
