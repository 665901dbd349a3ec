/** Fits the fusion of a run's sources to texts that none of them was trained on. */
import { InputError } from '../errors.js';
import { sliceColumn } from '../formats/columns.js';
import { toLists, type Lists } from '../formats/lists.js';
import { Matrix, readColumn } from '../formats/npy.js';
import { distinct, positionOf } from '../formats/arrays.js';
import { saveFusion } from '../ranker/file.js';
import { chooseFusion, type Judged } from '../ranker/fit.js';
import type { InversePropensity } from '../ranker/fuse.js';
import { CANDIDATES } from '../ranker/published.js';
import { sourceOf } from '../sources/kinds.js';
import type { Prepared } from '../sources/part.js';
import { FUSION } from '../sources/published.js';
import type { LabelSource } from '../sources/source.js';
import type { SourceSpec } from '../sources/spec.js';
import { RaggedReader } from '../store/ragged.js';
import { chain } from '../stream/chain.js';
import { pipeline } from '../stream/pipeline.js';
import type { RunOptions } from '../stream/run.js';
import type { DataFiles } from './data-files.js';
import { heldCount } from './hold-back.js';
import { readFilter } from './read-filter.js';
import type { Stage } from './stage.js';

type Inputs = { readonly data: DataFiles } & Readonly<
  Record<
    'held' | 'embeddings' | 'positives' | 'labelEmbeddings' | 'classifiers' | 'inversePropensity',
    string
  >
>;

export interface FitFusionOptions {
  /** All search with the same embeddings of the texts; `encoder` and `classifier` are among them. */
  sources: readonly SourceSpec[];
  threads: number;
}

/** Texts per search. */
const BATCH = 64;

/** What a vector source needs of a batch, with the true labels; there are no texts. */
interface HeldBatch extends Pick<Prepared, 'embeddings' | 'excluded'> {
  labels: Lists;
}

/** Leaves the file `fusion`. Memory: what is found for the held-back texts, which are few. */
export const fitFusion = ({
  sources,
  threads,
}: FitFusionOptions): Stage<Inputs, { fusion: string }, 'search for fusion'> => ({
  name: 'fit fusion',
  options: { sources: sources.map(({ name }) => name) },
  leaves: ({ kept }) => ({ fusion: kept(FUSION.files.fusion) }),
  cost: ({ labelled }) => ({
    work: { 'search for fusion': { rows: sources.length * heldCount(labelled, 'published') } },
  }),
  run: async (inputs, { fusion }, context) => {
    const held = readColumn(inputs.held);
    const opened = sources.map((spec) => sourceOf(context.run, spec));
    const run = context.counting('search for fusion', 'search', sources.length * held.length);
    const judged = await searchHeld(opened, { ...inputs, held, threads }, run);
    const { best, comparison } = chooseFusion(judged, weightsOf(judged, inputs.inversePropensity));
    await saveFusion(fusion, { fusion: best, comparison, texts: held.length });
    const precisions = Object.entries(comparison).map(([name, p]) => `${name} ${(100 * p).toFixed(2)}`);
    context.summarise(`P@1 in % on the held-back texts: ${precisions.join(', ')}; fused by ${best.by}`);
    return { comparison: { ...comparison }, by: best.by };
  },
});

interface Held extends Pick<Inputs, 'data' | 'embeddings' | 'positives'> {
  /** Rows of the training texts. */
  held: Int32Array;
  threads: number;
}

/** What the sources find for the held-back texts, by exact search. */
async function searchHeld(
  sources: readonly LabelSource[],
  { data, held, threads, ...texts }: Held,
  run: RunOptions,
): Promise<Judged[]> {
  const { train: rows, labels, paths } = data.dataset;
  const excluded = await readFilter(paths.filterTrain, { rows, labels, only: held }, run);
  const share = Math.ceil(threads / sources.length);
  const searches = sources.map((source) => {
    const other = source.needs.find(({ field }) => field !== 'embeddings');
    if (other)
      throw new InputError(`source ${source.name}: needs ${other.field}; fusion is fitted by embeddings`);
    const part = source.part({ as: source.name, search: 'exact' });
    return part.operator({ k: CANDIDATES, threads: share, ahead: 2 });
  });
  const judged: Judged[] = [];
  const batches = heldBatches(texts, held, excluded) as Iterable<HeldBatch> as Iterable<Prepared>;
  for await (const batch of pipeline(batches, chain(...searches)).run(run)) {
    const { encoder, classifier, labels } = batch as Prepared & Judged;
    judged.push({ encoder, classifier, labels });
  }
  return judged;
}

function* heldBatches(
  texts: Pick<Inputs, 'embeddings' | 'positives'>,
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

/** Inverse propensities of the labels that the classifiers found, each read once. */
function weightsOf(judged: readonly Judged[], path: string): InversePropensity {
  using file = Matrix.open(path, 'float32');
  const found = judged.map(({ classifier }) => distinct(classifier.ids.filter((id) => id >= 0)));
  const labels = distinct(toLists(found).values);
  const weights = file.gather(labels);
  return (label) => weights[positionOf(labels, label)]!;
}
