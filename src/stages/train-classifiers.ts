/** DEXA's Module II: a classifier for each label of a run whose encoder is trained, and how the two are fused. */
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { embed } from '../../operators/embed.js';
import { readParquet } from '../../operators/read-parquet.js';
import { tokenize } from '../../operators/tokenize.js';
import { TrainerThread } from '../../operators/train-step.js';
import { writeLists } from '../../operators/write-lists.js';
import { writeRows } from '../../operators/write-rows.js';
import type { Comparison } from '../ranker/fit.js';
import { inversePropensity } from '../metrics/propensity.js';
import { classifierCurriculum } from '../sample/curriculum.js';
import { readConfig } from '../encode/model-folder.js';
import { TEXT_COLUMNS, trainingFiles, type Dataset } from '../store/dataset.js';
import { makeFolder } from '../files/atomic-folder.js';
import { Checkpoints } from '../store/checkpoints.js';
import { checkFingerprint } from '../files/fingerprint.js';
import { countRows, Matrix } from '../formats/npy.js';
import type { RunFiles } from '../store/run-folder.js';
import { whileUnchanged } from '../files/unchanged.js';
import type { CandidateBatch, CandidateSources } from '../sample/candidates.js';
import { pipeline } from '../stream/pipeline.js';
import { watched, type Watch } from '../stream/progress.js';
import type { ModuleTwoOptions } from '../train/objectives/module-two.js';
import { trainEpochs } from './epochs.js';
import { fitRunFusion } from './fit-fusion.js';

/** As published. */
const LOSS = { positives: 3, negatives: 5, margin: 0.2 };
const DROPOUT = 0.5;
/** Published: 500 of some 14,000 steps. */
const WARMUP_SHARE = 500 / 14_395;

/** Labels at a time. */
const BLOCK = 65_536;

export interface TrainClassifiersOptions {
  dataset: Dataset;
  /** Of a run whose encoder is trained, with `frequency` and `rows`. */
  files: RunFiles;
  /** Training texts that fusion is fitted to. */
  held: Int32Array;
  epochs: number;
  batch: number;
  lr: number;
  /** What the data set is known by. */
  data: string;
  /** Minutes between checkpoints. */
  minutes: number;
  /** Whether the texts' embeddings are in half precision on disk. */
  half: boolean;
  /** Bytes of classifiers and moments in memory at most. */
  memory: number;
  seed: number;
  threads: number;
}

export interface ClassifiersResult {
  steps: number;
  /** Mean loss of the last epoch. */
  loss: number;
  /** P@1 on the texts held back, and which fusion won. */
  comparison: Comparison;
  by: 'tree' | 'linear';
}

/** Leaves `classifiers.npy`, `inverse-propensity.npy` and, last, `fusion.json` in the run. */
export async function trainClassifiers(
  {
    dataset,
    data,
    files,
    held,
    half,
    epochs,
    batch,
    lr,
    memory,
    minutes,
    seed,
    threads,
  }: TrainClassifiersOptions,
  watch: Watch,
): Promise<ClassifiersResult> {
  const { model, labels, second, classifiers, rows, log } = files;
  const texts = { embeddings: join(second, 'text-embeddings.npy'), positives: join(second, 'text-labels') };
  const { dim, maxLength } = readConfig(model);
  if (!existsSync(second))
    await makeFolder({ dir: second, what: 'what Module II needs' }, async (partial) => {
      const embedded = pipeline(
        dataset.paths.train,
        readParquet({ columns: TEXT_COLUMNS, batch: 512, below: { labels: dataset.labels } }),
        tokenize({ tokenizer: model, maxLength, threads }),
        embed({ model, threads }),
        writeRows({
          path: join(partial, basename(texts.embeddings)),
          dim,
          half,
          rows: ({ embeddings }) => embeddings,
        }),
        writeLists({
          base: join(partial, basename(texts.positives)),
          lists: ({ columns }) => columns.labels,
        }),
      );
      const watching = watched(watch, { stage: 'embed texts', counting: 'embed', total: dataset.train });
      await whileUnchanged(dataset.paths.train, () => embedded.drain(watching));
      await checkFingerprint(trainingFiles(dataset), data);
    });
  const steps = Math.floor(countRows(rows) / batch) * epochs;
  const config = { data, half, epochs, steps, batch, lr, seed, threads };
  const checkpoints = new Checkpoints(join(second, 'checkpoints'), { config });
  const from = await checkpoints.latest((message) => watch.note?.(message));
  if (!from) await rm(join(second, 'clusters'), { recursive: true, force: true });
  await using trainer = new TrainerThread<CandidateBatch, ModuleTwoOptions>({
    objective: new URL('../train/objectives/module-two.js', import.meta.url),
    options: {
      labels,
      rows: join(second, 'rows.npy'),
      memory,
      loss: LOSS,
      schedule: { kind: 'linear', rate: lr, warmup: Math.round(steps * WARMUP_SHARE), steps },
      dropout: DROPOUT,
    },
    threads,
    seed,
    from,
  });
  const { loss } = await trainEpochs<CandidateBatch, CandidateSources>(
    {
      stage: 'train classifiers',
      trainer,
      batches: {
        reader: new URL('../sample/candidates.js', import.meta.url),
        sources: texts,
        size: batch,
      },
      order: {
        rows,
        curriculum: classifierCurriculum(epochs),
        vectors: texts.embeddings,
        folder: join(second, 'clusters'),
        seed,
        threads,
      },
      length: { epochs, steps },
      saving: { checkpoints, from, minutes },
      log,
    },
    watch,
  );
  await trainer.save(classifiers);
  writeInversePropensity(files, dataset);
  const fitted = await fitRunFusion({ dataset, files, texts, held, threads }, watch);
  await rm(second, { recursive: true });
  return { steps, loss, ...fitted };
}

function writeInversePropensity(
  { inversePropensity: path, frequency }: RunFiles,
  { train, propensity }: Dataset,
): void {
  using counts = Matrix.open(frequency, 'int32');
  using matrix = Matrix.create(path, { dtype: 'float32', cols: 1 });
  const weightOf = inversePropensity((count) => count, train, propensity);
  for (const { values } of counts.blocks(BLOCK))
    matrix.append(Float32Array.from(values, (count) => weightOf(count)));
  matrix.finish();
}
