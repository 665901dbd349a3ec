/** Module I itself: the encoder, with its auxiliary vectors if there are any. */
import { cpSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { TrainerThread } from '../../operators/train-step.js';
import { curriculumFor } from '../sample/curriculum.js';
import type { Choice } from '../engine/device.js';
import { readConfig } from '../encode/model-folder.js';
import { BestModel } from '../store/best-model.js';
import { Checkpoints } from '../store/checkpoints.js';
import { countRows, Matrix } from '../formats/npy.js';
import type { RunFiles } from '../store/run-folder.js';
import type { PairBatch, PairSources } from '../sample/pairs.js';
import type { Watch } from '../stream/progress.js';
import type { ModuleOneOptions } from '../train/objectives/module-one.js';
import { trainEpochs } from './epochs.js';
import type { TokenFiles } from './prepare-store.js';

/** As published; see NGAME and DEXA, and the table of hyper-parameters in their code. */
const LOSS = { negatives: 10, margin: 0.3, temperature: 0.1 };
const WARMUP = 100;
const DECAY = 0.01;

export interface TrainEncoderOptions {
  /** Folder of the model to start from. */
  initial: string;
  store: TokenFiles;
  /** Of a run that has been started, with `rows`. */
  files: RunFiles;
  /** Auxiliary vectors, 0 for none, and the `.npy` that says which label uses which. */
  auxiliary: number;
  rowOfLabel: string | undefined;
  /** Bytes of auxiliary vectors and their moments in memory at most. */
  auxiliaryMemory: number;
  /** Whether the texts' embeddings are in half precision on disk. */
  half: boolean;
  /** Training texts in all. */
  texts: number;
  /** What the data set is known by. */
  data: string;
  /** Minutes between checkpoints. */
  minutes: number;
  /** Which epoch's model is the trained one. */
  final: 'last' | 'best';
  epochs: number;
  /** At most; default all of the epochs. */
  steps?: number | undefined;
  batch: number;
  lr: number;
  maxLength: number;
  seed: number;
  threads: number;
  device: Choice['device'];
}

/** Leaves the model in `files.trained`. Returns the last epoch's mean loss. */
export async function trainEncoder(
  {
    initial: model,
    store,
    files,
    auxiliary,
    rowOfLabel,
    auxiliaryMemory: memory,
    half,
    data,
    minutes,
    final,
    texts,
    epochs,
    steps: most = Infinity,
    batch,
    ...options
  }: TrainEncoderOptions,
  watch: Watch,
): Promise<{ steps: number; loss: number }> {
  const { lr, maxLength, seed, threads, device } = options;
  const steps = Math.min(most, Math.floor(countRows(files.rows) / batch) * epochs);
  const config = { data, auxiliary, half, epochs, steps, batch, ...options };
  const checkpoints = new Checkpoints(files.checkpoints, { config });
  const from = await checkpoints.latest((message) => watch.note?.(message));
  if (!from) {
    // The memory bank: each text's embedding when it was last trained on, by which texts are clustered.
    const { dim } = readConfig(model);
    Matrix.create(files.bank, { dtype: 'float32', cols: dim, rows: texts, half })[Symbol.dispose]();
    for (const folder of [files.clustered, files.auxiliaryRows, files.best])
      rmSync(folder, { recursive: true, force: true });
    mkdirSync(files.auxiliaryRows);
  }
  await using trainer = new TrainerThread<PairBatch, ModuleOneOptions>({
    objective: new URL('../train/objectives/module-one.js', import.meta.url),
    options: {
      model,
      maxLength,
      auxiliary:
        auxiliary > 0 ? { count: auxiliary, rows: join(files.auxiliaryRows, 'rows.npy'), memory } : undefined,
      loss: LOSS,
      schedule: { kind: 'linear', rate: lr, warmup: WARMUP, steps },
      decay: DECAY,
      bank: files.bank,
    },
    threads,
    seed,
    device,
    from,
  });
  const result = await trainEpochs<PairBatch, PairSources>(
    {
      stage: 'train',
      trainer,
      batches: {
        reader: new URL('../sample/pairs.js', import.meta.url),
        sources: { ...store, auxiliary: rowOfLabel, seed },
        size: batch,
      },
      order: {
        rows: files.rows,
        curriculum: curriculumFor(epochs),
        vectors: files.bank,
        folder: files.clustered,
        seed,
        threads,
      },
      length: { epochs, steps },
      saving: {
        checkpoints,
        from,
        minutes,
        best: { model: new BestModel(files.best), of: final === 'best' ? 'all' : 'checkpoints' },
      },
      log: files.log,
    },
    watch,
  );
  if (final === 'best') cpSync(files.best, files.trained, { recursive: true });
  else await trainer.save(files.trained);
  return result;
}
