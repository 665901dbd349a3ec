/** Embeddings of all labels by a model, one row a label, on disk. */
import { embed, type EmbedOptions } from '../../operators/embed.js';
import { readLists } from '../../operators/read-lists.js';
import { writeRows } from '../../operators/write-rows.js';
import { readConfig } from '../encode/model-folder.js';
import { pipeline } from '../stream/pipeline.js';
import { watched, type Watch } from '../stream/progress.js';

export interface EmbedLabelsOptions extends EmbedOptions {
  /** Base name of the labels' tokens. */
  tokens: string;
  /** The `.npy` to make. */
  path: string;
  /** Whether they are in half precision on disk; default false. */
  half?: boolean | undefined;
  /** How many labels there are. */
  labels: number;
}

export async function embedLabels(
  { tokens, path, half, labels, ...options }: EmbedLabelsOptions,
  watch: Watch,
): Promise<void> {
  const { dim } = readConfig(options.model);
  await pipeline(
    [tokens],
    readLists({ batch: 1024 }),
    embed(options),
    writeRows({ path, dim, half, rows: ({ embeddings }) => embeddings }),
  ).drain(watched(watch, { stage: 'embed labels', counting: 'embed', total: labels }));
}
