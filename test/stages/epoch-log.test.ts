import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'tap';
import { EpochLog } from '../../src/stages/epoch-log.js';

const entries = (path: string) =>
  readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>);

test('each epoch is a line with its stage, mean loss and seconds', async (t) => {
  const path = join(t.testdir(), 'training.jsonl');
  const log = new EpochLog(path, 'train');
  await log.add({ epoch: 0, loss: 0.5 });
  await log.add({ epoch: 1, loss: 0.25 });
  t.match(entries(path), [
    { stage: 'train', epoch: 0, loss: 0.5, seconds: Number },
    { stage: 'train', epoch: 1, loss: 0.25, seconds: Number },
  ]);
});

test('epochs that will be trained again are dropped, those of other stages and unfinished lines apart', async (t) => {
  const path = join(t.testdir(), 'training.jsonl');
  const lines = ['train', 'other', 'train'].map((stage, epoch) => JSON.stringify({ stage, epoch, loss: 1 }));
  writeFileSync(path, `${lines.join('\n')}\n{"stage":"tr`);
  new EpochLog(path, 'train').forgetFrom(1);
  t.same(readFileSync(path, 'utf8'), `${lines.slice(0, 2).join('\n')}\n`);
  new EpochLog(join(t.testdirName, 'none.jsonl'), 'train').forgetFrom(0);
});
