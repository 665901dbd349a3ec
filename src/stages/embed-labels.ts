/** Embeds all labels with a model, into a file of one row per label. */
import { embed, type EmbedOptions } from '../../operators/embed.js';
import { readLists } from '../../operators/read-lists.js';
import { writeRows } from '../../operators/write-rows.js';
import { readConfig } from '../encode/model-folder.js';
import { pipeline } from '../stream/pipeline.js';
import type { RunOptions } from '../stream/run.js';
import { vectorBytes } from './cost.js';
import type { DataFiles } from './data-files.js';
import type { EncoderTraits } from './initial-model.js';
import type { Places } from './places.js';
import type { Stage } from './stage.js';

export interface EmbedLabelsOptions {
  /** Which model embeds; part of the stage's name. */
  by: 'initial model' | 'trained model';
  traits: EncoderTraits;
  threads: number;
}

const initialEmbeddings = {
  name: 'embed labels by the initial model',
  leaves: ({ temporary }: Places) => ({ embeddings: temporary('initial-embeddings.npy') }),
};

/** The stage of the trained model: its name and outputs. */
export const labelEmbeddings = {
  name: 'embed labels by the trained model',
  leaves: ({ kept }: Places) => ({ embeddings: kept('label-embeddings.npy') }),
};

/** Leaves `embeddings`, `.npy` `[labels, dim]`, kept if by the trained model. `rowOfLabel` is as in `embed`. */
export const embedLabels = ({
  by,
  traits: { dim, half },
  threads,
}: EmbedLabelsOptions): Stage<
  { data: DataFiles; model: string; labels: string; rowOfLabel?: string | undefined },
  { embeddings: string },
  'embed labels'
> => ({
  options: { half },
  ...(by === 'trained model' ? labelEmbeddings : initialEmbeddings),
  cost: ({ labels }) => ({
    work: { 'embed labels': { rows: labels } },
    disk: [
      {
        what: `label embeddings by the ${by}`,
        bytes: labels * vectorBytes(dim, half),
        lasts: by === 'trained model' ? 'run' : 'training',
      },
    ],
  }),
  run: async ({ data, model, labels: tokens, rowOfLabel: auxiliary }, { embeddings: path }, { counting }) => {
    const counted = counting('embed labels', 'embed', data.dataset.labels);
    await embedStore({ tokens, path, half, model, auxiliary, threads }, counted);
  },
});

export interface EmbedStoreOptions extends EmbedOptions {
  /** Base name of the tokens. */
  tokens: string;
  /** The `.npy` to write. */
  path: string;
  half?: boolean;
}

/** Embeds a store of tokens. */
export async function embedStore(
  { tokens, path, half, ...options }: EmbedStoreOptions,
  run: RunOptions,
): Promise<void> {
  const { dim } = readConfig(options.model);
  await pipeline(
    [tokens],
    readLists({ batch: 1024 }),
    embed(options),
    writeRows({ path, dim, half, rows: ({ embeddings }) => embeddings }),
  ).drain(run);
}
