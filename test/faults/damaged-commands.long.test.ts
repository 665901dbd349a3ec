/** Damaged runs and exports at the command line: one line that names the file, and exit code 2. */
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import tap, { test, type Test } from 'tap';
import { exportRun } from '../../pipelines/export.js';
import { train } from '../../pipelines/train.js';
import { sealed } from '../../src/files/seal.js';
import { tinyDataset } from '../tiny.js';

const dir = tap.testdir();
const [data, run, exported] = [join(dir, 'data'), join(dir, 'run'), join(dir, 'exported')];
await tinyDataset(data);
await train({ data, run, sources: ['encoder'], epochs: 1, dim: 16, words: 0, batch: 32, threads: 1 });
await exportRun({ run, out: exported });
const MODEL = 'model/model.safetensors';

function dexa(args: string, input = '') {
  const command = ['dist/src/command/dexa.js', ...args.split(' ')];
  const { status, stdout, stderr } = spawnSync(process.execPath, command, { input, encoding: 'utf8' });
  return { status, stdout, stderr };
}
const predicted = () => dexa(`predict --run ${run} --input - --threads 1`, 'river\n');

/** Runs `work` while one bit of a byte is flipped. */
function flipped(path: string, at: number, work: () => void): void {
  const bytes = readFileSync(path);
  const damaged = Uint8Array.from(bytes);
  damaged[at]! ^= 1;
  writeFileSync(path, damaged);
  work();
  writeFileSync(path, bytes);
}

function refuses(t: Test, result: ReturnType<typeof dexa>, file: string): void {
  t.match(result, { status: 2, stdout: '' }, file);
  t.match(result.stderr, /^[^\n]+\n$/, 'one line');
  t.ok(result.stderr.includes(file), `names ${file}`, { result });
}

test('a header that is damaged, of a file without a digest, ends the threads of predict in one line', async (t) => {
  const path = join(run, 'manifest.json');
  const whole = readFileSync(path, 'utf8');
  const manifest = JSON.parse(whole) as {
    seal?: string;
    stages: Record<string, { outputs?: Record<string, unknown> }>;
  };
  delete manifest.seal;
  for (const { outputs } of Object.values(manifest.stages)) delete outputs?.[MODEL];
  writeFileSync(path, JSON.stringify(sealed(manifest)));
  t.match(predicted(), { status: 0, stderr: '' }, 'the manifest is accepted');
  const model = join(run, MODEL);
  const name = readFileSync(model).indexOf('embedding');
  // Its length, the beginning of its JSON, the name of a tensor.
  for (const at of [7, 8, name])
    flipped(model, at, () => {
      refuses(t, predicted(), MODEL);
    });
  writeFileSync(path, whole);
});

for (const [flag, folder, file] of [
  ['run', run, MODEL],
  ['export', exported, 'onnx/model.onnx'],
] as const)
  test(`verify --${flag} ends with 0 if all is sound, and with 2 if a file is damaged`, async (t) => {
    const verified = () => dexa(`verify --${flag} ${folder}`);
    t.match(verified(), { status: 0, stderr: '', stdout: /: \d+ files are what was written\n$/ });
    flipped(join(folder, file), 100, () => {
      refuses(t, verified(), file);
    });
  });
