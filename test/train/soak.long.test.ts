/** Two thousand steps with frequent clusterings of the texts: no memory grows, and nothing stays open. */
import * as tf from '@tensorflow/tfjs';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'tap';
import { clusterAssign } from '../../operators/cluster-assign.js';
import { mineNegatives, ReaderThreads, type Epoch } from '../../operators/mine-negatives.js';
import { prepareStore } from '../../src/stages/prepare-store.js';
import { liveSessions } from '../../src/engine/session.js';
import { pipeline } from '../../src/index.js';
import { createModel } from '../../src/encode/model-folder.js';
import { Matrix, writeColumn } from '../../src/formats/npy.js';
import type { PairBatch, PairSources } from '../../src/sample/pairs.js';
import makeModuleOne from '../../src/train/objectives/pairs.js';
import { Trainer } from '../../src/train/trainer.js';
import { collectGarbage } from '../collect-garbage.js';
import { tinyDataset } from '../tiny.js';

const [STEPS, BATCH, TEXTS] = [2000, 16, 640];
const PER_EPOCH = TEXTS / BATCH;
const CLUSTERED_EVERY = 2; // epochs
const GROWTH = 64 << 20; // bytes, of the second half over the second quarter

/** Number of files and handles the process has open. */
const open = () => ({
  files: readdirSync('/proc/self/fd').length,
  threads: readdirSync('/proc/self/task').length,
  sessions: liveSessions(),
  tensors: tf.memory().numTensors,
});

const skip = process.platform !== 'linux' && 'counts open files in /proc';

test('two thousand steps', { skip }, async (t) => {
  const rejected: unknown[] = [];
  process.on('unhandledRejection', (error) => rejected.push(error));
  const dir = t.testdir();
  const model = join(dir, 'model');
  createModel(model, { maxLength: 16, dim: 32 });
  const dataset = await tinyDataset(join(dir, 'data'), { train: TEXTS });
  const making = { dataset, dir: join(dir, 'store'), tokenizer: model, maxLength: 16, threads: 1 };
  const store = await prepareStore(making);
  const [texts, bank, auxiliary] = ['rows', 'bank', 'auxiliary'].map((name) => join(dir, `${name}.npy`));
  writeColumn(texts!, [Int32Array.from({ length: TEXTS }, (_x, i) => i)]);
  writeColumn(auxiliary!, [Int32Array.from({ length: dataset.labels }, (_x, label) => label % 7)]);
  Matrix.create(bank!, { dtype: 'float32', cols: 32, rows: TEXTS })[Symbol.dispose]();

  const train = async (steps: number): Promise<{ compiled: number; rss: number[] }> => {
    const objective = makeModuleOne(
      {
        model,
        maxLength: 16,
        auxiliary: { count: 7, rows: join(dir, 'auxiliary-rows.npy'), memory: 1000 },
        loss: { kind: 'ohnm-triplet', negatives: 5, margin: 0.3, temperature: 0.1 },
        schedule: { kind: 'linear', rate: 1e-2, warmup: 10, steps },
        decay: 0.01,
        bank: bank!,
      },
      { seed: 3, device: 'cpu' },
    );
    await using trainer = new Trainer(objective, { threads: 1, seed: 3 });
    await using readers = new ReaderThreads<PairBatch, PairSources>({
      reader: new URL('../../src/sample/pairs.js', import.meta.url),
      sources: { ...store, auxiliary, seed: 3 },
    });
    const mine = mineNegatives({ readers, batch: BATCH, seed: 3 });
    const rss: number[] = [];
    const members = join(dir, 'members.npy');
    const clusters = TEXTS / 8;
    async function* epochs(): AsyncGenerator<Epoch> {
      for (let epoch = 0; epoch < steps / PER_EPOCH; epoch++) {
        if (epoch % CLUSTERED_EVERY === 1) {
          const request = { vectors: bank!, ids: texts!, clusters, seed: epoch, members };
          await pipeline([request], clusterAssign({ threads: 1 })).drain();
        }
        yield { epoch, ...(epoch === 0 ? { rows: texts! } : { rows: members, clusters }) };
      }
    }
    for await (const batch of pipeline(epochs(), mine).run()) {
      await trainer.step(batch);
      if (batch.step < PER_EPOCH - 1) continue;
      collectGarbage();
      rss.push(process.memoryUsage.rss());
    }
    return { compiled: trainer.compiled, rss };
  };
  await train(2 * PER_EPOCH); // one-time allocations
  const before = open();
  const { compiled, rss } = await train(STEPS);
  t.same(open(), before);
  t.ok(compiled < 40, `${compiled} sessions were compiled`);
  const most = (from: number, to: number) => Math.max(...rss.slice(from * rss.length, to * rss.length));
  const grown = most(1 / 2, 1) - most(1 / 4, 1 / 2);
  t.ok(grown < GROWTH, `grew by ${Math.round(grown / 2 ** 20)} MiB`);
  t.same(rejected, []);
});
