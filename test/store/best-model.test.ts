import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'tap';
import { train, type TrainOptions } from '../../pipelines/train.js';
import { BestModel } from '../../src/store/best-model.js';
import { tinyDataset } from '../tiny.js';

const saving =
  (content: string) =>
  async (folder: string): Promise<void> => {
    mkdirSync(folder);
    writeFileSync(join(folder, 'weights'), content);
    await Promise.resolve();
  };

test('the model of the lowest loss stays, also after another process resumes', async (t) => {
  const folder = join(t.testdir(), 'best');
  const first = new BestModel(folder);
  await first.offer({ epoch: 0, loss: 3 }, saving('a'));
  await first.offer({ epoch: 1, loss: 2 }, saving('b'));
  const second = new BestModel(folder);
  await second.offer({ epoch: 2, loss: 2 }, saving('c'));
  t.equal(readFileSync(join(second.path, 'weights'), 'utf8'), 'b', 'of equals the first');
  await t.rejects(
    second.offer({ epoch: 3, loss: 1 }, async (partial) => {
      await saving('half')(partial);
      throw new Error('the disk is full');
    }),
    /full/,
  );
  t.equal(readFileSync(join(new BestModel(folder).path, 'weights'), 'utf8'), 'b', 'complete');
  const third = new BestModel(folder);
  await third.offer({ epoch: 3, loss: 1 }, saving('d'));
  t.same(JSON.parse(readFileSync(join(third.path, 'best.json'), 'utf8')), { epoch: 3, loss: 1 });
  t.same(readdirSync(folder), ['3'], 'nothing else is left');
  t.throws(() => new BestModel(`${folder}-none`).path, /no model was saved/);
});

test('a run may end with the model of its best epoch', async (t) => {
  const dir = t.testdir();
  const data = join(dir, 'data');
  await tinyDataset(data);
  // The rate is such that later epochs are worse than the first.
  const options: Omit<TrainOptions, 'run'> = {
    data,
    sources: ['encoder'],
    loss: 'triplet',
    words: 0,
    aux: 0,
    epochs: 3,
    batch: 32,
    lr: 3,
    threads: 1,
    dim: 16,
  };
  const losses = (run: string) =>
    readFileSync(join(run, 'training.jsonl'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { loss: number }).loss);
  const [last, best] = [join(dir, 'last'), join(dir, 'best')];
  await train({ ...options, run: last });
  await train({ ...options, run: best, final: 'best' });
  const epoch = losses(best).indexOf(Math.min(...losses(best)));
  t.not(epoch, 2, 'this test is about a last epoch that is not the best');
  t.same(JSON.parse(readFileSync(join(best, 'model', 'best.json'), 'utf8')), {
    epoch,
    loss: losses(best)[epoch],
  });
  const weights = (run: string) => readFileSync(join(run, 'model', 'model.safetensors'));
  t.notOk(weights(best).equals(weights(last)));
  t.notOk(existsSync(join(best, 'best')), 'nothing is left of training');
});
