import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type Test } from 'tap';
import { Saving } from '../../src/stages/saving.js';
import { BestModel } from '../../src/store/best-model.js';
import { Checkpoints } from '../../src/store/checkpoints.js';

const HOUR = 60;
const position = (step: number) => ({ epoch: 0, step, loss: 1 });
const ended = (epoch: number, loss: number) => ({ ended: { epoch, loss }, must: false });

function prepare(t: Test, given: { minutes?: number; of?: 'all' | 'checkpoints'; slow?: number } = {}) {
  const { minutes = HOUR, of = 'checkpoints', slow = 0 } = given;
  const dir = t.testdir();
  const [folder, best] = [join(dir, 'checkpoints'), join(dir, 'best')];
  const trainer = {
    save: async (path: string) => {
      mkdirSync(path);
    },
    checkpoint: () => new Promise<void>((resolve) => setTimeout(resolve, slow)),
    forgetBefore: async () => undefined,
  };
  const options = { checkpoints: new Checkpoints(folder, { config: {} }), from: undefined, minutes };
  const model = new BestModel(best);
  const saving = new Saving({ ...options, best: { model, of } }, trainer);
  const kept = () => readFileSync(join(model.path, 'best.json'), 'utf8');
  return { saving, kept, count: () => (existsSync(folder) ? readdirSync(folder).length : 0) };
}

test('within an epoch there is a checkpoint when minutes have passed, or when there must be', async (t) => {
  const { saving, count } = prepare(t);
  t.equal(await saving.offer(position(1), { ended: undefined, must: false }), undefined);
  t.equal(count(), 0);
  t.same(await saving.offer(position(2), { ended: undefined, must: true }), position(2));
  t.equal(count(), 1);
  const often = prepare(t, { minutes: 0 });
  t.same(await often.saving.offer(position(1), { ended: undefined, must: false }), position(1));
});

test('the end of an epoch has one unless they take too much of the time', async (t) => {
  const { saving, count } = prepare(t, { slow: 200 });
  await saving.offer(position(1), ended(0, 1));
  t.equal(count(), 1, 'nothing is known yet');
  await saving.offer(position(2), ended(1, 1));
  t.equal(count(), 1, 'it took 200 ms, and hardly any time has passed since');
});

test('the best model is that of the lowest loss, of all epochs if asked for', async (t) => {
  const { saving, kept } = prepare(t, { slow: 200, of: 'all' });
  await saving.offer(position(1), ended(0, 0.5));
  await saving.offer(position(2), ended(1, 0.25));
  await saving.offer(position(3), ended(2, 0.75));
  t.match(JSON.parse(kept()), { epoch: 1, loss: 0.25 });
  const seldom = prepare(t, { slow: 200 });
  await seldom.saving.offer(position(1), ended(0, 0.5));
  await seldom.saving.offer(position(2), ended(1, 0.25));
  t.match(JSON.parse(seldom.kept()), { epoch: 0 }, 'the second epoch had no checkpoint');
});
