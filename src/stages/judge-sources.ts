/** What a run's sources find for the held-back texts, with the true labels: examples for the ranker. */
import { distinct, positionOf } from '../formats/arrays.js';
import { toLists } from '../formats/lists.js';
import { Matrix, readColumn } from '../formats/npy.js';
import { Counts } from '../metrics/counts.js';
import { frequencyClass } from '../ranker/frequencies.js';
import { CANDIDATES, type JudgedTexts, type Known } from '../ranker/judged.js';
import { partsOf } from '../sources/assembly.js';
import { sourceOf } from '../sources/kinds.js';
import type { Prepared } from '../sources/part.js';
import type { SourceSpec } from '../sources/spec.js';
import { chain } from '../stream/chain.js';
import { pipeline } from '../stream/pipeline.js';
import type { DataFiles } from './data-files.js';
import { heldTexts, type HeldTexts } from './held-texts.js';
import { readFilter } from './read-filter.js';
import type { StageContext } from './stage.js';

/** In batches, in the order of the texts' rows. Memory: 8 bytes per text, source and label found. */
export async function judgeSources(
  specs: readonly SourceSpec[],
  { data, held: path, threads }: { data: DataFiles; held: string; threads: number },
  context: StageContext<'search for ranking'>,
): Promise<JudgedTexts[]> {
  const { dataset } = data;
  const held = readColumn(path);
  const { train: rows, labels, paths } = dataset;
  const excluded = await readFilter(paths.filterTrain, { rows, labels, only: held }, context);
  const sources = specs.map((spec) => sourceOf(context.run, spec));
  const steps = partsOf(sources, { search: 'exact' }).map((part) =>
    part.operator({ k: CANDIDATES, threads, ahead: 2 }),
  );
  // The parts add the fields that the texts still lack, and keep the others.
  const texts = heldTexts(
    dataset,
    { held, excluded },
    context,
  ) as AsyncIterable<object> as AsyncIterable<Prepared>;
  const run = context.counting('search for ranking', 'search', sources.length * held.length);
  const judged: JudgedTexts[] = [];
  for await (const batch of pipeline(texts, chain(...steps)).run(run)) {
    const { truth, ...found } = batch as unknown as HeldTexts & JudgedTexts['found'];
    judged.push({ found: Object.fromEntries(specs.map(({ name }) => [name, found[name]!])), labels: truth });
  }
  return judged;
}

/** Training texts and inverse propensities of the labels found; the judged texts do not count, as no source saw them. */
export function knownLabels(
  judged: readonly JudgedTexts[],
  files: Readonly<Record<'frequency' | 'inversePropensity', string>>,
): Omit<Known, 'seed'> {
  const found = judged.flatMap(({ found }) => Object.values(found).map(({ ids }) => distinct(ids)));
  const truth = judged.map(({ labels }) => labels.values);
  const labels = distinct(toLists([...found, ...truth]).values).filter((label) => label >= 0);
  using counts = Matrix.open(files.frequency, 'int32');
  using weights = Matrix.open(files.inversePropensity, 'float32');
  const [frequency, weight] = [counts.gather(labels), weights.gather(labels)];
  const held = new Counts();
  for (const own of truth) for (const label of own) held.add(label);
  return {
    frequency: (label) => frequencyClass(Math.max(0, frequency[positionOf(labels, label)]! - held.of(label))),
    inversePropensity: (label) => weight[positionOf(labels, label)]!,
  };
}
