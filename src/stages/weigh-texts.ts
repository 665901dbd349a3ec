/** Writes the TF-IDF features of training texts, and of label texts, as sparse rows. */
import { readParquet } from '../../operators/read-parquet.js';
import { weighTerms } from '../../operators/weigh-terms.js';
import { writeSparse } from '../../operators/write-sparse.js';
import { whileUnchanged } from '../files/unchanged.js';
import type { TermKind } from '../sparse/terms.js';
import { LABEL_COLUMNS } from '../store/dataset.js';
import { pipeline } from '../stream/pipeline.js';
import { FLOAT, INT, OFFSET, type Size } from './cost.js';
import type { DataFiles } from './data-files.js';
import type { Stage } from './stage.js';

export interface WeighTextsOptions {
  of: 'texts' | 'labels';
  /** Kinds of terms. */
  kinds: readonly TermKind[];
  threads: number;
}

const BATCH = 1024;

/** Terms of each kind per token of a text, roughly. */
const TERMS: Record<TermKind, number> = { word: 0.7, bigram: 0.7, characters: 2.7 };

/** Bytes of the sparse rows of texts or labels. */
export function sparseBytes(
  { labels, texts, means }: Size,
  { of, kinds }: Pick<WeighTextsOptions, 'of' | 'kinds'>,
): number {
  const [rows, tokens] = of === 'texts' ? [texts, means.tokensOfText] : [labels, means.tokensOfLabel];
  const terms = kinds.reduce((sum, kind) => sum + TERMS[kind] * tokens, 0);
  return rows * (OFFSET + terms * (INT + FLOAT));
}

/** Leaves the base name `rows`, a row per training text or label. */
export const weighTexts = ({
  of,
  kinds,
  threads,
}: WeighTextsOptions): Stage<
  { data: DataFiles; features: string },
  { rows: string },
  'weigh texts' | 'weigh labels'
> => ({
  name: `weigh ${of}: ${kinds.join(', ')}`,
  options: { kinds },
  leaves: ({ temporary }) => ({ rows: temporary([of, ...kinds].join('-')) }),
  cost: (size) => ({
    work: { [`weigh ${of}`]: { rows: size[of] } },
    disk: [{ what: `features of ${of}`, bytes: sparseBytes(size, { of, kinds }), lasts: 'training' }],
  }),
  run: async ({ data: { dataset }, features: base }, { rows }, { counting }) => {
    const { paths, labels, train } = dataset;
    const [files, total] = of === 'texts' ? [paths.train, train] : [paths.labels, labels];
    const weighed = pipeline(
      files,
      readParquet({ columns: LABEL_COLUMNS, batch: BATCH }),
      weighTerms({ base, kinds, threads }),
      writeSparse({ base: rows, rows: ({ features }) => features }),
    );
    await whileUnchanged(files, () => weighed.drain(counting(`weigh ${of}`, 'weigh-terms', total)));
  },
});
