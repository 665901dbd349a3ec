import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'tap';
import { train, type TrainOptions } from '../../pipelines/train.js';
import { scratchOf } from '../../src/stages/places.js';
import { digests } from '../faults/digests.js';
import { refusal } from '../refusal.js';
import { tinyDataset } from '../tiny.js';

const OPTIONS: Omit<TrainOptions, 'data' | 'run'> = {
  sources: ['encoder', 'classifier'],
  fuse: 'published',
  dim: 16,
  words: 64,
  aux: 4,
  headMinCount: 12,
  epochs: 4,
  batch: 32,
  classifierEpochs: 3,
  classifierBatch: 32,
  threads: 1,
};

const ENCODER: Pick<TrainOptions, 'sources' | 'fuse'> = { sources: ['encoder'], fuse: 'boosted' };

const checkpointsOf = (run: string): string => join(scratchOf(run, 'train encoder'), 'checkpoints');

/** Trains until report number `reports`; returns whether training was stopped by then. */
async function stopped(options: TrainOptions, reports: number): Promise<boolean> {
  const controller = new AbortController();
  let seen = 0;
  try {
    await train(options, {
      signal: controller.signal,
      report: () => {
        if (++seen === reports) controller.abort(new Error('enough'));
      },
    });
    return false;
  } catch (error) {
    if ((error as Error).message !== 'enough') throw error;
    return true;
  }
}

test('a run that is stopped many times ends like one that was never stopped', async (t) => {
  const dir = t.testdir();
  const data = join(dir, 'data');
  await tinyDataset(data);
  const [whole, parts] = [join(dir, 'whole'), join(dir, 'parts')];
  await train({ ...OPTIONS, data, run: whole });
  let stops = 0;
  for (let reports = 1; await stopped({ ...OPTIONS, data, run: parts }, reports); reports += 3) stops++;
  t.ok(stops > 5, `${stops} stops`);
  t.same(digests(parts), digests(whole));
});

test('changed options are refused, naming the difference, and --resume needs a stopped run', async (t) => {
  const dir = t.testdir();
  const [data, run] = [join(dir, 'data'), join(dir, 'run')];
  await tinyDataset(data);
  const options: TrainOptions = { ...OPTIONS, ...ENCODER, data, run };
  t.match(await refusal(t, train({ ...options, resume: true })), /run: no stopped run to resume$/);
  const checkpoints = checkpointsOf(run);
  for (let reports = 10; !existsSync(checkpoints); reports += 5) t.ok(await stopped(options, reports));
  t.match(
    await refusal(t, train({ ...options, lr: 0.5 })),
    /run: was started with lr 0\.004, not 0\.5; delete the folder to start over$/,
  );
  await tinyDataset(join(dir, 'other'), { train: 200 });
  t.match(
    await refusal(t, train({ ...options, data: join(dir, 'other') })),
    /run: was started with data .+, not .+; delete the folder to start over$/,
  );
  await train({ ...options, resume: true });
});

test('a damaged checkpoint is reported, and training resumes from the one before', async (t) => {
  const dir = t.testdir();
  const [data, whole, run] = [join(dir, 'data'), join(dir, 'whole'), join(dir, 'run')];
  await tinyDataset(data);
  const options = { ...OPTIONS, ...ENCODER, data, threads: 1 };
  await train({ ...options, run: whole });
  const checkpoints = checkpointsOf(run);
  const count = () => (existsSync(checkpoints) ? readdirSync(checkpoints).length : 0);
  for (let reports = 10; count() < 2; reports += 2) t.ok(await stopped({ ...options, run }, reports));
  const newest = join(checkpoints, readdirSync(checkpoints).sort().at(-1)!, 'parameters.safetensors');
  const bytes = readFileSync(newest);
  bytes[bytes.length - 100]! ^= 1;
  writeFileSync(newest, bytes);
  const older = join(checkpoints, readdirSync(checkpoints).sort()[0]!, 'checkpoint.json');
  writeFileSync(older, readFileSync(older, 'utf8').replace(process.version, 'v18.0.0'));
  const notes: string[] = [];
  await train({ ...options, run }, { note: (message) => notes.push(message) });
  t.match(notes, [
    /checkpoints.\d+.parameters\.safetensors: does not match its digest/,
    /checkpoints.\d+: was written with node "v18\.0\.0", not "v.+"; results may differ in their last digits/,
  ]);
  t.same(digests(run), digests(whole));
});

test('a run killed while it removed temporary files is completed, and is then a finished run', async (t) => {
  const dir = t.testdir();
  const [data, run] = [join(dir, 'data'), join(dir, 'run')];
  await tinyDataset(data);
  const options = { ...OPTIONS, epochs: 1, classifierEpochs: 1, data, run };
  await train(options);
  const before = digests(run);
  mkdirSync(join(run, 'work'));
  writeFileSync(join(run, 'work', 'text-rows.npy'), '');
  const { results } = await train(options);
  t.same(results, {}, 'nothing is trained again');
  t.same(digests(run), before);
  t.match(await refusal(t, train(options)), /already holds a trained model/);
});
