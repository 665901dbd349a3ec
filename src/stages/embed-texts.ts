/** Embeds the training texts with the trained model and copies their labels, for classifiers and neighbours. */
import { embed } from '../../operators/embed.js';
import { readParquet } from '../../operators/read-parquet.js';
import { tokenize } from '../../operators/tokenize.js';
import { writeLists } from '../../operators/write-lists.js';
import { writeRows } from '../../operators/write-rows.js';
import { readConfig } from '../encode/model-folder.js';
import { whileUnchanged } from '../files/unchanged.js';
import { TEXT_COLUMNS } from '../store/dataset.js';
import { pipeline } from '../stream/pipeline.js';
import { listBytes, vectorBytes } from './cost.js';
import type { DataFiles } from './data-files.js';
import type { EncoderTraits } from './initial-model.js';
import type { Stage } from './stage.js';

/** Leaves `embeddings`, `.npy` `[texts, dim]`, and `positives`, the base name of the label lists. */
export const embedTexts = ({
  traits: { dim, half },
  keep,
  threads,
}: {
  traits: EncoderTraits;
  /** Whether a source of the run needs them. */
  keep: boolean;
  threads: number;
}): Stage<{ data: DataFiles; model: string }, { embeddings: string; positives: string }, 'embed texts'> => ({
  name: 'embed texts',
  options: { half },
  leaves: ({ kept, temporary }) => {
    const place = keep ? kept : temporary;
    return { embeddings: place('text-embeddings.npy'), positives: place('text-labels') };
  },
  cost: ({ texts, means }) => ({
    work: { 'embed texts': { rows: texts } },
    disk: [
      { what: 'text embeddings', bytes: texts * vectorBytes(dim, half), lasts: keep ? 'run' : 'training' },
      {
        what: 'labels of texts',
        bytes: listBytes(texts, means.labelsOfText),
        lasts: keep ? 'run' : 'training',
      },
    ],
  }),
  run: async ({ data, model }, { embeddings, positives }, { counting }) => {
    const { paths, labels, train } = data.dataset;
    const embedded = pipeline(
      paths.train,
      readParquet({ columns: TEXT_COLUMNS, batch: 512, below: { labels } }),
      tokenize({ tokenizer: model, maxLength: readConfig(model).maxLength, threads }),
      embed({ model, threads }),
      writeRows({ path: embeddings, dim, half, rows: (batch) => batch.embeddings }),
      writeLists({ base: positives, lists: ({ columns }) => columns.labels }),
    );
    await whileUnchanged(paths.train, () => embedded.drain(counting('embed texts', 'embed', train)));
  },
});
