/** Fits the fusion of a run's sources to texts that none of them was trained on. */
import { InputError } from '../errors.js';
import { sliceColumn } from '../formats/columns.js';
import { toLists, type Lists } from '../formats/lists.js';
import { Matrix } from '../formats/npy.js';
import { distinct, positionOf } from '../encode/pack.js';
import { saveFusion } from '../ranker/file.js';
import { fitFusion, type Comparison, type Judged } from '../ranker/fit.js';
import type { Fusion, InversePropensity } from '../ranker/fuse.js';
import { CANDIDATES, type PublishedFiles } from '../ranker/published.js';
import type { Prepared } from '../sources/part.js';
import type { LabelSource } from '../sources/source.js';
import type { Dataset } from '../store/dataset.js';
import { RaggedReader } from '../store/ragged.js';
import { chain } from '../stream/chain.js';
import { pipeline } from '../stream/pipeline.js';
import { watched, type Watch } from '../stream/progress.js';
import { readFilter } from './read-filter.js';

export interface FitFusionOptions {
  dataset: Dataset;
  /** All over the same embeddings; `encoder` and `classifier` among them. */
  sources: readonly LabelSource[];
  /** The fusion, which is written, and the propensities. */
  files: PublishedFiles;
  /** The training texts' embeddings (`.npy`), and the base name of their label lists. */
  texts: { embeddings: string; positives: string };
  /** Rows of the texts to fit to. */
  held: Int32Array;
  threads: number;
}

/** Texts that are searched with at a time. */
const BATCH = 64;

/** What vectors are found by: without texts. */
interface HeldBatch extends Pick<Prepared, 'embeddings' | 'excluded'> {
  labels: Lists;
}

/** Leaves the fusion in its file. Memory: what is found for the texts held back, which are few. */
export async function fitRunFusion(
  options: FitFusionOptions,
  watch: Watch,
): Promise<{ comparison: Comparison; by: Fusion['by'] }> {
  const { files, held } = options;
  const judged = await searchHeld(options, watch);
  const { best, comparison } = fitFusion(judged, weightsOf(judged, files.inversePropensity));
  await saveFusion(files.fusion, { fusion: best, comparison, texts: held.length });
  return { comparison, by: best.by };
}

/** What the sources find for the texts held back, exactly. */
async function searchHeld(
  { dataset, sources, texts, held, threads }: FitFusionOptions,
  watch: Watch,
): Promise<Judged[]> {
  const { train: rows, labels, paths } = dataset;
  const excluded = await readFilter(paths.filterTrain, { rows, labels, only: held }, watch);
  const share = Math.ceil(threads / sources.length);
  const searches = sources.map((source) => {
    const other = source.needs.find(({ field }) => field !== 'embeddings');
    if (other)
      throw new InputError(`source ${source.name}: needs ${other.field}; fusion is fitted by embeddings`);
    const part = source.part({ as: source.name, search: 'exact' });
    return part.operator({ k: CANDIDATES, threads: share, ahead: 2 });
  });
  const judged: Judged[] = [];
  const total = sources.length * held.length;
  const batches = heldBatches(texts, held, excluded) as Iterable<HeldBatch> as Iterable<Prepared>;
  for await (const batch of pipeline(batches, chain(...searches)).run(
    watched(watch, { stage: 'search for fusion', counting: 'search', total }),
  )) {
    const { encoder, classifier, labels } = batch as Prepared & Judged;
    judged.push({ encoder, classifier, labels });
  }
  return judged;
}

function* heldBatches(
  texts: FitFusionOptions['texts'],
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
