import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import tap, { test } from 'tap';
import { digests } from '../faults/digests.js';
import { tinyDataset } from '../tiny.js';

function dexa(args: string) {
  const child = spawn(process.execPath, ['dist/src/command/dexa.js', ...args.split(' ')]);
  const [stdout, stderr] = [text(child.stdout), text(child.stderr)];
  const ended = once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>;
  return { child, stdout, stderr, ended };
}

/** Polls until a file exists. */
async function appears(path: string): Promise<void> {
  while (!existsSync(path)) await new Promise((resolve) => setTimeout(resolve, 5));
}

const folder = mkdtempSync(join(tmpdir(), 'dexa-signals-'));
tap.teardown(() => {
  rmSync(folder, { recursive: true });
});
const [data, whole] = [join(folder, 'data'), join(folder, 'whole')];
const given = tinyDataset(data);
const train = (run: string) =>
  dexa(
    `train --data ${data} --sources encoder --run ${run} --dim 16 --words 64 --aux 4 --head-min-count 12 --epochs 40 --batch 32 --threads 1`,
  );
/** Trained without a signal. */
const trained = given.then(async () => {
  const { ended, stderr } = train(whole);
  if ((await ended)[0] !== 0) throw new Error(await stderr);
});

for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)
  test(`${signal} finishes the step, writes a checkpoint and says how to resume`, async (t) => {
    const run = join(t.testdir(), 'run');
    await trained;
    const first = train(run);
    await appears(join(run, 'training.jsonl'));
    first.child.kill(signal);
    t.same(await first.ended, [code, null]);
    t.match(
      await first.stderr,
      /^stopped after epoch \d+\/\d+, step \d+\/\d+; run the same command to resume\ninterrupted\n$/,
    );
    t.notOk(existsSync(`${run}.lock`), 'the lock is released');
    const second = train(run);
    t.same(await second.ended, [0, null], 'it resumes');
    t.equal(await second.stderr, '');
    t.same(digests(run), digests(whole), 'with the same result');
  });

test('a second process cannot train the same run', async (t) => {
  const run = join(t.testdir(), 'run');
  await given;
  const options = `train --data ${data} --sources encoder --run ${run} --dim 16 --words 64 --aux 0 --epochs 10000 --batch 32 --threads 1`;
  const first = dexa(options);
  await appears(join(run, 'training.jsonl'));
  const second = dexa(options);
  t.same(await second.ended, [2, null]);
  t.match(await second.stderr, /^error: .*run: is being trained by process \d+ \(.*run\.lock\)\n$/);
  first.child.kill('SIGTERM');
  t.same(await first.ended, [143, null]);
});
