/** A small learnable data set: a text is one extra word followed by the names of its labels. */
import { writeParquet } from '../operators/write-parquet.js';
import { pipeline } from '../src/index.js';
import { Random } from '../src/random.js';
import {
  createDataset,
  datasetFiles,
  FILTER_COLUMNS,
  LABEL_COLUMNS,
  TEXT_COLUMNS,
  type Dataset,
} from '../src/store/dataset.js';
import { toLists } from '../src/formats/lists.js';

const WORDS = `river mountain engine music bread winter garden metal paper horse window letter
  ocean forest doctor school market bridge candle mirror`.split(/\s+/);

export interface TinyOptions {
  train?: number;
  test?: number;
}

/** 60 labels of two words; a text has one or two of them. The first test text has a label filtered. */
export async function tinyDataset(
  dir: string,
  { train = 240, test = 40 }: TinyOptions = {},
): Promise<Dataset> {
  const random = new Random(11);
  const word = (): string => WORDS[random.below(WORDS.length)]!;
  const labels = new Set<string>();
  while (labels.size < 60) labels.add(`${word()} ${word()}`);
  const names = [...labels];
  const texts = (count: number) => {
    const chosen = Array.from({ length: count }, () => [
      ...new Set(Array.from({ length: 1 + random.below(2) }, () => random.below(60))),
    ]);
    const text = chosen.map((own) => [word(), ...own.map((label) => names[label]!)].join(' '));
    return { rows: count, columns: { text, labels: toLists(chosen) } };
  };
  return createDataset(dir, async (partial) => {
    const files = datasetFiles(partial);
    const label = { rows: 60, columns: { text: names } };
    await pipeline([label], writeParquet({ path: files.labels, columns: LABEL_COLUMNS })).drain();
    for (const [path, count] of [
      [files.train, train],
      [files.test, test],
    ] as const)
      await pipeline([texts(count)], writeParquet({ path, columns: TEXT_COLUMNS })).drain();
    const pair = { rows: 1, columns: { row: Int32Array.of(0), label: Int32Array.of(3) } };
    await pipeline([pair], writeParquet({ path: files.filterTest, columns: FILTER_COLUMNS })).drain();
    return { name: 'tiny', labels: 60, train, test, propensity: [0.55, 1.5] };
  });
}
