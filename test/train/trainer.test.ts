import { test } from 'tap';
import * as tf from '@tensorflow/tfjs';
import type { Objective } from '../../src/train/objective.js';
import { Trainer } from '../../src/train/trainer.js';

tf.enableProdMode(); // silences its advice to install a native binding

const rule = { schedule: { kind: 'step', rate: 0.1, factor: 1, at: [] } } as const;
const plan = (step: number) => ({ epoch: 0, step, rows: Int32Array.of(0, 1) });

/** (weight · Σ rows + state)², over two rows of a table. */
function objective(): Objective & { data: Record<'weight' | 'table' | 'state', Float32Array> } {
  const data = {
    weight: Float32Array.of(1),
    table: Float32Array.of(1, 2, 3, 4),
    state: Float32Array.of(0.5),
  };
  return {
    data,
    parameters: {
      weight: { at: 'memory', shape: [1], data: data.weight, rule },
      table: { at: 'table', shape: [4, 1], data: data.table, rule },
      state: { at: 'memory', shape: [1], data: data.state },
    },
    inputs: () => ({
      rows: { table: { ids: Int32Array.of(1, 3), count: 5 } },
      parts: [
        { scale: { shape: [], data: Float32Array.of(1) } },
        { scale: { shape: [], data: Float32Array.of(3) } },
      ],
    }),
    loss: ({ weight, table, state }, { scale }) => ({
      loss: tf.sum(tf.mul(scale!, tf.square(tf.add(tf.mul(weight!, tf.sum(table!)), state!)))),
    }),
    save: async () => undefined,
  };
}

test('a step updates the rows used and the parameters with a rule, by the mean over the parts', async (t) => {
  const trained = objective();
  await using trainer = new Trainer(trained, { threads: 1, seed: 1 });
  const { loss } = await trainer.step(plan(0));
  t.equal(loss, ((1 + 3) / 2) * (1 * (2 + 4) + 0.5) ** 2);
  const { weight, table, state } = trained.data;
  t.ok(weight[0]! < 1, 'the weight falls');
  t.same([table[0], table[2], state[0]], [1, 3, 0.5]);
  t.ok(table[1]! < 2 && table[3]! < 4, 'the rows used fall');
});

test('the next step reads what the objective changed between steps', async (t) => {
  const trained = objective();
  trained.before = () => {
    trained.data.state[0]! += 1;
  };
  await using trainer = new Trainer(trained, { threads: 1, seed: 1 });
  const { loss } = await trainer.step(plan(0));
  t.equal(loss, 2 * (6 + 1.5) ** 2);
});

test('a device that keeps the parameters refuses an objective that changes some between steps', (t) => {
  const trained = { ...objective(), before: () => undefined };
  t.throws(() => new Trainer(trained, { threads: 1, seed: 1, device: 'webgpu' }), { name: 'InputError' });
  t.end();
});
