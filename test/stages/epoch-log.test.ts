import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'tap';
import { forgetEpochs, lineOf } from '../../src/stages/epoch-log.js';

test('an epoch is a line with its stage, mean loss and seconds', (t) => {
  const line = lineOf({ stage: 'train', epoch: 1, loss: 0.25, seconds: 12.345 });
  t.equal(line, '{"stage":"train","epoch":1,"loss":0.25,"seconds":12.3}\n');
  const encoder = lineOf({ stage: 'train', epoch: 1, loss: 0.25, cosine: 0.12345, seconds: 1 });
  t.equal(encoder, '{"stage":"train","epoch":1,"loss":0.25,"cosine":0.123,"seconds":1}\n');
  t.end();
});

test('epochs that will be trained again are dropped, and an unfinished line, but not those of other stages', async (t) => {
  const path = join(t.testdir(), 'training.jsonl');
  const lines = ['train', 'other', 'train'].map((stage, epoch) =>
    lineOf({ stage, epoch, loss: 1, seconds: 1 }),
  );
  writeFileSync(path, `${lines.join('')}{"stage":"tr`);
  await forgetEpochs(path, { stage: 'train', from: 1 });
  t.same(readFileSync(path, 'utf8'), lines.slice(0, 2).join(''));
  writeFileSync(path, `${lines[0]!}${'\0'.repeat(20)}"seconds":1}\n`);
  await forgetEpochs(path, { stage: 'train', from: 1 });
  t.same(readFileSync(path, 'utf8'), lines[0], 'zeros of a loss of power');
  await t.resolves(forgetEpochs(`${path}.none`, { stage: 'train', from: 0 }));
});
