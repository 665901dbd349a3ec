/** Tokenizes labels and training texts to disk, once instead of in each epoch, and copies the texts' labels. */
import { dirname } from 'node:path';
import { INT, listBytes, OFFSET, type Size } from './cost.js';
import type { DataFiles } from './data-files.js';
import { prepareStore, tokenFiles, type TokenFiles } from './prepare-store.js';
import type { Stage } from './stage.js';

export interface TokenizeTextsOptions {
  maxLength: number;
  /** Folder to share tokens between runs; default: in the run, removed after training. */
  store?: string | undefined;
  threads: number;
}

export const tokenizeTexts = ({
  maxLength,
  store,
  threads,
}: TokenizeTextsOptions): Stage<
  { data: DataFiles; model: string },
  TokenFiles,
  'tokenize labels' | 'tokenize texts'
> => ({
  name: 'tokenize',
  options: { maxLength },
  leaves: ({ temporary }) => tokenFiles(store ?? temporary('tokens')),
  cost: ({ labels, texts, means }) => ({
    work: { 'tokenize labels': { rows: labels }, 'tokenize texts': { rows: texts } },
    disk: [
      {
        what: 'tokens of labels',
        bytes: listBytes(labels, Math.min(maxLength, means.tokensOfLabel)),
        lasts: 'training',
      },
      {
        what: 'tokens of texts',
        bytes: listBytes(texts, Math.min(maxLength, means.tokensOfText)),
        lasts: 'training',
      },
      { what: 'labels of texts', bytes: listBytes(texts, means.labelsOfText), lasts: 'training' },
    ],
  }),
  run: async ({ data: { dataset }, model }, { labels }, watch) => {
    const options = { dir: dirname(labels), tokenizer: model, maxLength, threads };
    const { emptyTexts } = await prepareStore({ dataset, ...options }, watch);
    watch.summarise(`${emptyTexts} texts are empty`);
    return { empty: emptyTexts };
  },
});

/** Bytes of the stores that mini-batches read at random: tokens of texts and labels, and the texts' labels. */
export const tokenStores = ({ labels, texts, means }: Size, maxLength: number): number[] => {
  const offsetsAndValues = (rows: number, mean: number) => [rows * OFFSET, rows * mean * INT];
  return [
    ...offsetsAndValues(texts, Math.min(maxLength, means.tokensOfText)),
    ...offsetsAndValues(texts, means.labelsOfText),
    ...offsetsAndValues(labels, Math.min(maxLength, means.tokensOfLabel)),
  ];
};
