import { workerData } from 'node:worker_threads';
import type { Lists } from '../src/formats/lists.js';
import { Embedder } from '../src/encode/embedder.js';

// One thread per batch: several batches in parallel keep the cores busier than several threads in one batch.
const embedder = new Embedder({ model: workerData as string, threads: 1 });

export interface EmbedTask {
  tokens: Lists;
  auxiliary: Int32Array | undefined;
}

export default ({ tokens, auxiliary }: EmbedTask): Promise<Float32Array> => embedder.embed(tokens, auxiliary);
