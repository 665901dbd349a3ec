/** What a run's sources find for the held-back texts, with the true labels: examples for the ranker. */
import { distinct, positionOf } from '../formats/arrays.js';
import { listCount, toLists, type Lists } from '../formats/lists.js';
import { Matrix, readColumn } from '../formats/npy.js';
import { Counts } from '../metrics/counts.js';
import { frequencyClass } from '../ranker/frequencies.js';
import { CANDIDATES, type JudgedTexts, type Known } from '../ranker/judged.js';
import type { Found } from '../search/found.js';
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

/**
 * In batches, in the order of the texts' rows. One source after the other, so that the files of one at a time are in memory; each
 * reads the training texts once. Memory besides: 8 bytes per text, source and label found.
 */
export async function judgeSources(
  specs: readonly SourceSpec[],
  { data, held: path, threads }: { data: DataFiles; held: string; threads: number },
  context: StageContext<'search for ranking'>,
): Promise<JudgedTexts[]> {
  const { dataset } = data;
  const held = readColumn(path);
  const { train: rows, labels, paths } = dataset;
  const excluded = await readFilter(paths.filterTrain, { rows, labels, only: held }, context);
  const { signal, report } = context;
  const total = specs.length * held.length;
  let done = 0;
  const judged: { found: Record<string, Found>; labels: Lists }[] = [];
  for (const spec of specs) {
    const parts = partsOf([sourceOf(context.run, spec)], { search: 'exact' });
    const search = chain(...parts.map((part) => part.operator({ k: CANDIDATES, threads, ahead: 2 })));
    // The parts add the fields that the texts still lack, and keep the others.
    const texts = heldTexts(dataset, { held, excluded }, context) as AsyncIterable<object>;
    let at = 0;
    for await (const batch of pipeline(texts as AsyncIterable<Prepared>, search).run({ signal })) {
      const { truth, ...found } = batch as unknown as HeldTexts & Record<string, Found>;
      const { found: all } = (judged[at++] ??= { found: {}, labels: truth });
      all[spec.name] = found[spec.name]!;
      report?.({ stage: 'search for ranking', done: (done += listCount(truth)), total });
    }
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
