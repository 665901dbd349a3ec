/** The loop of both modules: epochs of mini-batches of hard negatives through the one trainer. */
import { appendFile } from 'node:fs/promises';
import { clusterAssign, type ClusterRequest } from '../operators/cluster-assign.js';
import type { Epoch } from '../operators/mine-negatives.js';
import { clustersAnew, clusterSize, type Curriculum } from '../src/mining/curriculum.js';
import { countRows } from '../src/store/npy.js';
import type { Operator } from '../src/stream/operator.js';
import { pipeline } from '../src/stream/pipeline.js';
import { watched, type Watch } from '../src/stream/progress.js';
import type { StepResult } from '../src/train/trainer.js';

export interface EpochsOptions<Batch> {
  /** What is trained, as progress and the log call it. */
  stage: string;
  /** An int32 `.npy` of the training texts to visit, ascending. */
  texts: string;
  /** The `.npy` to make: these in the order of their clusters, as long as there are clusters. */
  clustered: string;
  /** A float32 `.npy`, one row a training text, by which texts are clustered: as it is when an epoch begins. */
  vectors: string;
  curriculum: Curriculum;
  epochs: number;
  /** In all, of these epochs; training may end within one. */
  steps: number;
  /** Texts a mini-batch. */
  batch: number;
  mine: Operator<Epoch, Batch>;
  train: Operator<Batch, StepResult>;
  /** A JSON object an epoch is added to this file. */
  log: string;
  seed: number;
  threads: number;
}

/** Returns the steps made and the last epoch's mean loss. */
export async function trainEpochs<Batch>(
  {
    stage,
    texts,
    clustered,
    vectors,
    curriculum,
    epochs,
    steps,
    batch,
    mine,
    train,
    log,
    seed,
    threads,
  }: EpochsOptions<Batch>,
  watch: Watch,
): Promise<{ steps: number; loss: number }> {
  const started = performance.now();
  const count = countRows(texts);
  const perEpoch = Math.floor(count / batch);
  /** Clusters of the vectors as they are when they are asked for. */
  async function* requests(): AsyncGenerator<ClusterRequest> {
    for (let epoch = 0; epoch < epochs; epoch++) {
      if (!clustersAnew(curriculum, epoch)) continue;
      const clusters = Math.ceil(count / clusterSize(curriculum, epoch));
      yield { vectors, ids: texts, clusters, seed: seed + epoch, members: clustered };
    }
  }
  const clusterings = pipeline(requests(), clusterAssign({ threads })).run(
    watched(watch, { stage: 'cluster texts', counting: 'cluster-assign', total: count }),
  );
  let trained = (): void => undefined;
  /** Each epoch begins when the one before has been trained on. */
  async function* visits(): AsyncGenerator<Epoch> {
    let order: Omit<Epoch, 'epoch'> = { texts };
    for (let epoch = 0; epoch < epochs; epoch++) {
      if (clustersAnew(curriculum, epoch)) {
        const { members, clusters } = (await clusterings.next()).value!;
        order = { texts: members, clusters };
      }
      const done = new Promise<void>((resolve) => (trained = resolve));
      yield { epoch, ...order };
      await done;
    }
  }
  let loss = 0;
  const results = pipeline(visits(), mine, train).run({ signal: watch.signal });
  try {
    for await (const { epoch, step, loss: own } of results) {
      loss = step === 0 ? own : loss + (own - loss) / (step + 1);
      const done = epoch * perEpoch + step + 1;
      watch.report?.({
        stage,
        done: done * batch,
        total: steps * batch,
        detail: `epoch ${epoch + 1}/${epochs}, step ${step + 1}/${perEpoch}, loss ${loss.toFixed(4)}`,
      });
      if (step + 1 < perEpoch && done < steps) continue;
      const seconds = Math.round((performance.now() - started) / 100) / 10;
      await appendFile(log, `${JSON.stringify({ stage, epoch, loss, seconds })}\n`);
      if (done === steps) break;
      trained();
    }
  } finally {
    await clusterings.return();
  }
  return { steps, loss };
}
