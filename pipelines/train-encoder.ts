/** Module I itself: epochs of mini-batches of hard negatives through the one trainer. */
import { appendFile } from 'node:fs/promises';
import { clusterAssign, type ClusterRequest } from '../operators/cluster-assign.js';
import { mineNegatives, type Epoch } from '../operators/mine-negatives.js';
import { TrainerThread, trainStep } from '../operators/train-step.js';
import { clustersAnew, clusterSize, curriculumFor } from '../src/mining/curriculum.js';
import type { Choice } from '../src/engine/device.js';
import { readConfig } from '../src/model/folder.js';
import { Matrix } from '../src/store/npy.js';
import type { RunFiles } from '../src/store/run-folder.js';
import { pipeline } from '../src/stream/pipeline.js';
import { watched, type Watch } from '../src/stream/progress.js';
import type { TokenFiles } from './prepare-store.js';

/** As published; see NGAME and DEXA, and the table of hyper-parameters in their code. */
const LOSS = { negatives: 10, margin: 0.3, temperature: 0.1 };
const WARMUP = 100;
const DECAY = 0.01;

export interface TrainEncoderOptions {
  /** Folder of the model to start from. */
  initial: string;
  store: TokenFiles;
  files: Pick<RunFiles, 'bank' | 'log' | 'trained'>;
  /** Auxiliary vectors, 0 for none, and the `.npy` that says which label uses which. */
  auxiliary: number;
  rowOfLabel: string | undefined;
  /** Rows of the training texts with labels, and training texts in all. */
  labelled: Int32Array;
  texts: number;
  epochs: number;
  batch: number;
  lr: number;
  maxLength: number;
  seed: number;
  threads: number;
  device: Choice['device'];
}

/** Leaves the model in `files.trained` and a line an epoch in `files.log`. Returns the last epoch's mean loss. */
export async function trainEncoder(
  {
    store,
    files,
    auxiliary,
    rowOfLabel,
    labelled,
    epochs,
    batch,
    lr,
    maxLength,
    seed,
    threads,
    device,
    ...rest
  }: TrainEncoderOptions,
  watch: Watch,
): Promise<{ steps: number; loss: number }> {
  const started = performance.now();
  const { initial: model, texts } = rest;
  const steps = Math.floor(labelled.length / batch);
  // The memory bank: each text's embedding when it was last trained on, by which texts are clustered.
  const { dim } = readConfig(model);
  Matrix.create(files.bank, { dtype: 'float32', cols: dim, rows: texts })[Symbol.dispose]();
  await using trainer = new TrainerThread({
    model,
    maxLength,
    auxiliary,
    loss: LOSS,
    schedule: { rate: lr, warmup: WARMUP, steps: steps * epochs },
    decay: DECAY,
    bank: files.bank,
    threads,
    seed,
    device,
  });
  const { texts: tokens, positives, labels } = store;
  const mining = { texts: tokens, positives, labels, auxiliary: rowOfLabel, batch, seed };
  const curriculum = curriculumFor(epochs);
  /** Clusters of the bank as it is when they are asked for. */
  async function* requests(): AsyncGenerator<ClusterRequest> {
    for (let epoch = 0; epoch < epochs; epoch++) {
      if (!clustersAnew(curriculum, epoch)) continue;
      const clusters = Math.ceil(labelled.length / clusterSize(curriculum, epoch));
      yield { vectors: files.bank, ids: labelled, clusters, seed: seed + epoch };
    }
  }
  const clusterings = pipeline(requests(), clusterAssign({ threads })).run(
    watched(watch, { stage: 'cluster texts', counting: 'cluster-assign', total: labelled.length }),
  );
  let trained = (): void => undefined;
  /** Each epoch begins when the one before has been trained on. */
  async function* visits(): AsyncGenerator<Epoch> {
    let clusterOf: Int32Array | undefined;
    for (let epoch = 0; epoch < epochs; epoch++) {
      if (clustersAnew(curriculum, epoch)) clusterOf = (await clusterings.next()).value?.assignment;
      const done = new Promise<void>((resolve) => (trained = resolve));
      yield { epoch, rows: labelled, clusterOf };
      await done;
    }
  }
  let loss = 0;
  const results = pipeline(visits(), mineNegatives(mining), trainStep(trainer)).run({ signal: watch.signal });
  try {
    for await (const { epoch, step, loss: own } of results) {
      loss = step === 0 ? own : loss + (own - loss) / (step + 1);
      watch.report?.({
        stage: 'train',
        done: (epoch * steps + step + 1) * batch,
        total: steps * epochs * batch,
        detail: `epoch ${epoch + 1}/${epochs}, step ${step + 1}/${steps}, loss ${loss.toFixed(4)}`,
      });
      if (step + 1 < steps) continue;
      const seconds = Math.round((performance.now() - started) / 100) / 10;
      await appendFile(files.log, `${JSON.stringify({ epoch, loss, seconds })}\n`);
      trained();
    }
  } finally {
    await clusterings.return();
  }
  await trainer.save(files.trained);
  return { steps: steps * epochs, loss };
}
