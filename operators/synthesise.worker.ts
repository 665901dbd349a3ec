import { workerData } from 'node:worker_threads';
import { corpusOf } from '../src/corpus/corpus.js';
import { vocabularyOf } from '../src/corpus/vocabulary.js';
import { readSynsets } from '../src/corpus/wordnet.js';
import type { ColumnBatch } from '../src/formats/columns.js';
import { toLists } from '../src/formats/lists.js';
import type { Rows, SynthesiseOptions, SyntheticColumns } from './synthesise.js';

const { columns, part, dict, labels, seed } = workerData as SynthesiseOptions<SyntheticColumns>;
const corpus = corpusOf({ vocabulary: vocabularyOf(await readSynsets(dict)), labels, seed });

export default ({ start, rows }: Rows): ColumnBatch<SyntheticColumns> => {
  const ids = Array.from({ length: rows }, (_x, i) => start + i);
  if (!('labels' in columns)) return { rows, columns: { text: ids.map((id) => corpus.label(id)) } };
  const texts = ids.map((row) => corpus.text(part, row));
  return {
    rows,
    columns: { text: texts.map(({ text }) => text), labels: toLists(texts.map((own) => own.labels)) },
  };
};
