/** Fits the fusion of a run's two scores to texts that neither module was trained on. */
import { searchBoth } from '../../operators/search-both.js';
import { fitFusion, type Comparison, type Judged } from '../ranker/fit.js';
import { saveFusion } from '../ranker/file.js';
import type { Fusion, InversePropensity } from '../ranker/fuse.js';
import { distinct, positionOf } from '../encode/pack.js';
import type { Dataset } from '../store/dataset.js';
import { sliceColumn } from '../formats/columns.js';
import { Matrix } from '../formats/npy.js';
import { RaggedReader } from '../store/ragged.js';
import { toLists, type Lists } from '../formats/lists.js';
import type { RunFiles } from '../store/run-folder.js';
import { pipeline } from '../stream/pipeline.js';
import { watched, type Watch } from '../stream/progress.js';
import { readFilter } from './read-filter.js';

export interface FitRunFusionOptions {
  dataset: Dataset;
  /** Of a run with classifiers. */
  files: RunFiles;
  /** The training texts' embeddings (`.npy`), and the base name of their label lists. */
  texts: { embeddings: string; positives: string };
  /** Rows of the texts to fit to. */
  held: Int32Array;
  threads: number;
}

/** Texts that are searched with at a time. */
const BATCH = 64;

interface HeldBatch {
  embeddings: Float32Array;
  labels: Lists;
  excluded: Lists | undefined;
}

/** Leaves `fusion.json` in the run. Memory: what is found for the texts held back, which are few. */
export async function fitRunFusion(
  { dataset, files, texts, held, threads }: FitRunFusionOptions,
  watch: Watch,
): Promise<{ comparison: Comparison; by: Fusion['by'] }> {
  const { train: rows, labels, paths } = dataset;
  const filter = await readFilter(paths.filterTrain, { rows, labels, only: held }, watch);
  const judged: Judged[] = [];
  const found = pipeline(
    heldBatches(texts, held, filter),
    searchBoth<HeldBatch>({
      encoder: { labels: files.labels },
      classifier: { labels: files.classifiers },
      threads,
    }),
  ).run(watched(watch, { stage: 'search for fusion', counting: 'search', total: 2 * held.length }));
  for await (const { encoder, classifier, labels } of found) judged.push({ encoder, classifier, labels });
  const { best, comparison } = fitFusion(judged, weightsOf(judged, files.inversePropensity));
  await saveFusion(files.fusion, { fusion: best, comparison, texts: held.length });
  return { comparison, by: best.by };
}

function* heldBatches(
  texts: FitRunFusionOptions['texts'],
  held: Int32Array,
  filter: Lists | undefined,
): Generator<HeldBatch> {
  using embeddings = Matrix.open(texts.embeddings, 'float32');
  using positives = new RaggedReader(texts.positives);
  for (let begin = 0; begin < held.length; begin += BATCH) {
    const rows = held.subarray(begin, begin + BATCH);
    yield {
      embeddings: embeddings.gather(rows),
      labels: positives.gather(rows),
      excluded: filter && sliceColumn(filter, begin, begin + rows.length),
    };
  }
}

/** Inverse propensities of the labels that the classifiers found, read once. */
function weightsOf(judged: readonly Judged[], path: string): InversePropensity {
  using file = Matrix.open(path, 'float32');
  const found = judged.map(({ classifier }) => distinct(classifier.ids.filter((id) => id >= 0)));
  const labels = distinct(toLists(found).values);
  const weights = file.gather(labels);
  return (label) => weights[positionOf(labels, label)]!;
}
