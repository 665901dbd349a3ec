/** DEXA's Module I, from a data set to a trained model; without auxiliary vectors it is NGAME. */
import { appendFile, rename, rm } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import * as z from 'zod';
import { clusterAssign } from '../operators/cluster-assign.js';
import { embed } from '../operators/embed.js';
import { mineNegatives } from '../operators/mine-negatives.js';
import { readLists } from '../operators/read-lists.js';
import { readParquet } from '../operators/read-parquet.js';
import { TrainerThread, trainStep } from '../operators/train-step.js';
import { writeRows } from '../operators/write-rows.js';
import { writeTexts } from '../operators/write-texts.js';
import { clustersAnew, clusterSize, publishedCurriculum } from '../src/mining/curriculum.js';
import { auxiliaryRows, headAndTail } from '../src/model/auxiliary-map.js';
import { createModel, loadModel } from '../src/model/folder.js';
import { LABEL_COLUMNS, openDataset, type Dataset } from '../src/store/dataset.js';
import { Matrix } from '../src/store/npy.js';
import { startRun, type RunFiles } from '../src/store/run-folder.js';
import { InputError } from '../src/stream/errors.js';
import { pipeline } from '../src/stream/pipeline.js';
import { watched, type Watch } from '../src/stream/progress.js';
import { countLabels } from './count-labels.js';
import { prepareStore, type TokenStore } from './prepare-store.js';

const whole = (least: number, most = 2 ** 31 - 1) => z.number().int().min(least).max(most);

export const TrainOptions = z.object({
  data: z.string().describe('folder of the data set'),
  run: z.string().describe('folder of the run to make'),
  aux: whole(0).default(8192).describe('auxiliary vectors that labels share; 0 trains NGAME'),
  headMinCount: whole(1)
    .default(16)
    .describe('training texts that give a label an auxiliary vector of its own'),
  epochs: whole(1, 10_000).default(10).describe('passes over the training texts'),
  batch: whole(2, 16_384).default(1024).describe('texts a step'),
  lr: z.number().positive().default(2e-3).describe('peak learning rate'),
  encoder: z.string().default('bag').describe('bag, or the folder of a model to go on from'),
  maxLength: whole(1, 512).default(32).describe('tokens kept of a text'),
  seed: whole(0).default(0).describe('seed of everything random'),
  threads: whole(1, 1024).default(availableParallelism()).describe("threads; the default is this machine's"),
  store: z.string().optional().describe('folder for tokenized texts, to share by runs; default: in the run'),
});
export type TrainOptions = z.input<typeof TrainOptions>;

/** As published; see NGAME and DEXA, and the table of hyper-parameters in their code. */
const LOSS = { negatives: 10, margin: 0.3, temperature: 0.1 };
const WARMUP = 100;
const DECAY = 0.01;

/** Trains and returns nothing: the run's folder then holds `model/`, `config.json` and `training.jsonl`. */
export async function train(given: TrainOptions, watch: Watch = {}): Promise<void> {
  const options = TrainOptions.parse(given);
  const { batch, epochs, seed, threads } = options;
  const dataset = await openDataset(options.data);
  const { frequency, labelled } = await countLabels(dataset, watch);
  const { head, tail } = headAndTail(frequency, options.headMinCount);
  check(options, { dataset, labelled, tail });

  const files = startRun(options.run, options);
  const initial = options.encoder === 'bag' ? files.initial : options.encoder;
  if (options.encoder === 'bag') createModel(initial, options);
  const { dim } = loadModel(initial).encoder;
  const store = await prepareStore({
    ...watch,
    dataset,
    dir: options.store ?? files.store,
    tokenizer: initial,
    maxLength: options.maxLength,
    threads,
  });
  if (options.aux > 0) {
    // Head labels get auxiliary rows of their own, the others share by cluster of what the initial encoder makes of them.
    await embedLabels({ model: initial, store, files, dim, labels: dataset.labels, threads }, watch);
    const request = { vectors: files.labels, ids: tail, clusters: options.aux, seed };
    const { assignment } = await pipeline([request], clusterAssign({ threads })).first(
      watched(watch, { stage: 'cluster labels', counting: 'cluster-assign', total: tail.length }),
    );
    writeVector(files.auxiliary, auxiliaryRows(head, tail, assignment));
  }

  const steps = Math.floor(labelled.length / batch);
  // The texts' embeddings of the last epoch, by which they are clustered.
  using bank = Matrix.create(files.bank, { dtype: 'float32', cols: dim, rows: dataset.train });
  await using trainer = new TrainerThread({
    model: initial,
    auxiliary: options.aux > 0 ? head.length + options.aux : 0,
    loss: LOSS,
    schedule: { rate: options.lr, warmup: WARMUP, steps: steps * epochs },
    decay: DECAY,
    bank: bank.path,
    threads,
    seed,
  });
  const curriculum = publishedCurriculum(epochs);
  const mining = {
    texts: store.texts,
    positives: store.positives,
    labels: store.labels,
    auxiliary: options.aux > 0 ? files.auxiliary : undefined,
    batch,
    seed,
  };
  let clusterOf: Int32Array | undefined;
  for (let epoch = 0; epoch < epochs; epoch++) {
    const stage = `epoch ${epoch + 1}/${epochs}`;
    if (clustersAnew(curriculum, epoch)) {
      const clusters = Math.ceil(labelled.length / clusterSize(curriculum, epoch));
      const request = { vectors: bank.path, ids: labelled, clusters, seed: seed + epoch };
      const { assignment } = await pipeline([request], clusterAssign({ threads })).first(
        watched(watch, {
          stage: `${stage}: cluster texts`,
          counting: 'cluster-assign',
          total: labelled.length,
        }),
      );
      clusterOf = assignment;
    }
    let texts = 0;
    let loss = 0;
    for await (const step of pipeline(
      [{ epoch, rows: labelled, clusterOf }],
      mineNegatives(mining),
      trainStep(trainer),
    ).run(watch)) {
      texts += step.texts;
      loss += (step.loss - loss) / (step.step + 1);
      watch.report?.({ stage, done: texts, total: steps * batch, detail: `loss ${step.loss.toFixed(4)}` });
    }
    await appendFile(files.log, `${JSON.stringify({ epoch, loss, texts })}\n`);
  }
  const model = `${files.model}.partial`;
  await trainer.save(model);
  await embedLabels(
    { model, store, files, dim, labels: dataset.labels, threads, auxiliary: mining.auxiliary },
    watch,
  );
  await copyLabelTexts(dataset, files, watch);
  await rename(model, files.model);
  await rm(files.bank);
}

/** @throws InputError if the data are too small for what is asked. */
function check(
  { aux, batch, headMinCount }: z.output<typeof TrainOptions>,
  { dataset, labelled, tail }: { dataset: Dataset; labelled: Int32Array; tail: Int32Array },
): void {
  const { labels, train } = dataset.paths;
  if (aux > tail.length)
    throw new InputError(
      `aux: expected at most ${tail.length} (the labels of ${labels} with fewer than ${headMinCount} texts), got ${aux}`,
    );
  if (batch > labelled.length)
    throw new InputError(
      `batch: expected at most ${labelled.length} (the texts of ${train} with labels), got ${batch}`,
    );
}

function writeVector(path: string, values: Int32Array): void {
  using vector = Matrix.create(path, { dtype: 'int32', cols: 1 });
  vector.append(values);
  vector.finish();
}

interface EmbedLabels {
  model: string;
  store: TokenStore;
  files: RunFiles;
  dim: number;
  labels: number;
  threads: number;
  /** Label → auxiliary row, if the model has auxiliary vectors. */
  auxiliary?: string | undefined;
}

async function embedLabels(
  { model, store, files, dim, labels, threads, auxiliary }: EmbedLabels,
  watch: Watch,
) {
  await pipeline(
    [store.labels],
    readLists({ batch: 1024 }),
    embed({ model, auxiliary, threads }),
    writeRows({ path: files.labels, dim, rows: ({ embeddings }) => embeddings }),
  ).drain(watched(watch, { stage: 'embed labels', counting: 'embed', total: labels }));
}

/** So that the run can name what it predicts without the data set. */
async function copyLabelTexts(dataset: Dataset, files: RunFiles, { signal }: Watch) {
  const read = readParquet({ columns: LABEL_COLUMNS });
  await pipeline([dataset.paths.labels], read, writeTexts({ base: files.texts })).drain({ signal });
}
