/** Parameters that stay in the session change like those that the trainer updates itself. The CPU stands in for the device. */
import { test } from 'tap';
import { compile } from '../../src/engine/compile.js';
import type { Arrays } from '../../src/engine/session.js';
import { adamwRows, parameter } from '../../src/model/optimisers/adamw.js';
import { atStep, type Rule } from '../../src/model/optimisers/rule.js';
import type { Tensors } from '../../src/formats/safetensors.js';
import { DeviceSteps } from '../../src/train/device-steps.js';
import { distance } from '../engine/agree.js';
import { randomStep, smallBert } from '../engine/steps.js';

const options = { batch: 6, length: [5, 3], rows: 20, auxiliary: false } as const;
const rule: Rule = { schedule: { kind: 'linear', rate: 1e-3, warmup: 2, steps: 10 }, decay: 0.1 };
/** For biases: without decay, at another rate. */
const other: Rule = { schedule: { kind: 'step', rate: 2e-3, factor: 0.5, at: [2] } };

test('steps on a device equal the steps of the trainer, even when the shapes change', async (t) => {
  const encoder = smallBert();
  const shapes = [randomStep(1, { ...options, encoder }), randomStep(2, { ...options, batch: 7, encoder })];
  const isDense = (name: string): boolean => name.startsWith('p/');
  const initial: Tensors = Object.fromEntries(
    Object.entries(encoder.dense).map(([name, shape]) => [
      name,
      { shape, data: shapes[0]!.feeds[`p/${name}`]!.slice() as Float32Array },
    ]),
  );
  const moving = Object.fromEntries(
    Object.entries(initial).map(([name, { data }]) => [name, parameter(data.slice())] as const),
  );

  const ruleOf = (name: string): Rule => (encoder.decays(name) ? rule : other);
  const state = Object.fromEntries(
    Object.entries(initial).map(
      ([name, { data }]) => [name, { ...parameter(data.slice()), rule: ruleOf(name) }] as const,
    ),
  );
  await using device = new DeviceSteps('cpu', state);
  for (const [i, { signature, feeds, fn }] of [shapes[0]!, shapes[0]!, shapes[1]!, shapes[1]!].entries()) {
    const rest: Arrays = Object.fromEntries(Object.entries(feeds).filter(([name]) => !isDense(name)));
    const there = await device.run({ signature, fn }, rest, i);

    await using session = await compile(fn, signature);
    const own = Object.entries(moving).map(([name, { data }]) => [`p/${name}`, data] as const);
    const here = await session.run({ ...rest, ...Object.fromEntries(own) });
    t.ok(Math.abs(there['loss']![0]! - here['loss']![0]!) < 1e-5, `loss of step ${i}`);
    for (const [name, each] of Object.entries(moving))
      adamwRows(each, Int32Array.of(0), here[`gradient/${name}`] as Float32Array, atStep(ruleOf(name), i));
    t.notOk(Object.keys(there).some(isDense), 'the parameters stay on the device');
    t.ok(there['gradient/embeddings.word_embeddings.weight'], 'gradients of rows are returned');
  }
  await device.copyBack();
  for (const [name, { data, m }] of Object.entries(moving)) {
    t.ok(distance(state[name]!.m, m) < 1e-5, `moments of ${name}`);
    // Adam turns the rounding of a gradient that is truly zero into steps of full size.
    if (!name.endsWith('key.bias')) t.ok(distance(state[name]!.data, data) < 1e-5, name);
  }
});
