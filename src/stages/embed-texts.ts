/** Embeds the training texts with the trained model, for classifiers and neighbours. */
import { embed } from '../../operators/embed.js';
import { readParquet } from '../../operators/read-parquet.js';
import { tokenize } from '../../operators/tokenize.js';
import { writeRows } from '../../operators/write-rows.js';
import { readConfig } from '../encode/model-folder.js';
import { whileUnchanged } from '../files/unchanged.js';
import { LABEL_COLUMNS } from '../store/dataset.js';
import { pipeline } from '../stream/pipeline.js';
import { vectorBytes } from './cost.js';
import type { DataFiles } from './data-files.js';
import type { EncoderTraits } from './initial-model.js';
import type { Stage } from './stage.js';

/** Leaves `embeddings`, `.npy` `[texts, dim]`. */
export const embedTexts = ({
  traits: { dim, half },
  keep,
  threads,
}: {
  traits: EncoderTraits;
  /** Whether a source of the run needs them. */
  keep: boolean;
  threads: number;
}): Stage<{ data: DataFiles; model: string }, { embeddings: string }, 'embed texts'> => ({
  name: 'embed texts',
  options: { half },
  leaves: ({ kept, temporary }) => ({ embeddings: (keep ? kept : temporary)('text-embeddings.npy') }),
  cost: ({ texts }) => ({
    work: { 'embed texts': { rows: texts } },
    disk: [
      { what: 'text embeddings', bytes: texts * vectorBytes(dim, half), lasts: keep ? 'run' : 'training' },
    ],
  }),
  run: async ({ data, model }, { embeddings }, { counting }) => {
    const { paths, train } = data.dataset;
    const embedded = pipeline(
      paths.train,
      readParquet({ columns: LABEL_COLUMNS, batch: 512 }),
      tokenize({ tokenizer: model, maxLength: readConfig(model).maxLength, threads }),
      embed({ model, threads }),
      writeRows({ path: embeddings, dim, half, rows: (batch) => batch.embeddings }),
    );
    await whileUnchanged(paths.train, () => embedded.drain(counting('embed texts', 'embed', train)));
  },
});
