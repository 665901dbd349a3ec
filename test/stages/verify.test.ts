import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'tap';
import { verify } from '../../pipelines/verify.js';
import { recordOf } from '../../src/files/file-record.js';
import { Random } from '../../src/random.js';
import { openRun } from '../../src/sources/run.js';
import { sealed } from '../../src/files/seal.js';
import { writeJson } from '../../src/files/write-json.js';
import { writeManifest } from '../../src/stages/manifest.js';
import { refusal } from '../refusal.js';
import { tinyDataset } from '../tiny.js';

/** A run of a few files, with the records of a manifest. */
async function tinyRun(run: string): Promise<string> {
  mkdirSync(join(run, 'model'), { recursive: true });
  const random = new Random(3);
  const files = ['model/model.safetensors', 'label-embeddings.npy', 'training.jsonl'];
  for (const name of files)
    writeFileSync(join(run, name), Buffer.from(Array.from({ length: 300 }, () => random.below(256))));
  const [model, labels, log] = await Promise.all(files.map((name) => recordOf(join(run, name))));
  const stage = { options: {}, inputs: {}, identity: 'a' };
  await writeManifest(run, {
    system: 'dexa',
    libraries: { node: 'v20' },
    stages: {
      encoder: { ...stage, outputs: { [files[0]!]: model! } },
      labels: { ...stage, outputs: { [files[1]!]: labels! } },
    },
    complete: true,
    sources: [
      {
        name: 'encoder',
        kind: 'vectors',
        scale: 'cosine',
        files: { model: 'model', labels: files[1]!, index: 'x' },
      },
    ],
  });
  await writeJson(join(run, 'digests.json'), sealed({ files: { [files[2]!]: log! } }));
  return run;
}

test('any flipped bit in a file of a run is found, and the file is named', async (t) => {
  const run = await tinyRun(join(t.testdir(), 'run'));
  t.match(await verify({ run }), { [run]: { files: 5, damages: [], unknown: [] } });
  const random = new Random(5);
  const paths = readdirSync(run, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  t.equal(paths.length, 5);
  for (const path of paths) {
    const bytes = readFileSync(path);
    for (let i = 0; i < 100; i++) {
      const damaged = Uint8Array.from(bytes);
      const [at, bit] = [random.below(bytes.length), random.below(8)];
      damaged[at]! ^= 1 << bit;
      writeFileSync(path, damaged);
      const { damages } = (await verify({ run }))[run]!;
      if (!damages[0]?.startsWith(`${path}: `)) t.fail(`${path}: byte ${at}, bit ${bit}`, { damages });
      // Small files are read at every opening; the log is not needed to answer.
      if (!/manifest|jsonl|digests/.test(path)) t.throws(() => openRun(run), { name: 'InputError' });
    }
    writeFileSync(path, bytes);
  }
});

test('missing files are damages, and files of others are named', async (t) => {
  const run = await tinyRun(join(t.testdir(), 'run'));
  writeFileSync(join(run, 'notes.txt'), 'mine');
  rmSync(join(run, 'training.jsonl'));
  t.match((await verify({ run }))[run], {
    damages: [`${join(run, 'training.jsonl')}: not found`],
    unknown: [join(run, 'notes.txt')],
  });
});

test('a data set is compared with the digests of its making', async (t) => {
  const data = join(t.testdir(), 'data');
  await tinyDataset(data);
  t.match((await verify({ data }))[data], { files: 5, damages: [], unknown: [] });
  const path = join(data, 'train.parquet');
  const bytes = readFileSync(path);
  bytes[100]! ^= 4;
  writeFileSync(path, bytes);
  t.match((await verify({ data }))[data], { damages: [`${path}: not what was written`] });
});

test('what has no digests cannot be verified', async (t) => {
  const dir = t.testdir({ 'dataset.json': '{"name":"by hand"}' });
  t.match(await refusal(t, verify({})), /expected --run, --data or --export/);
  t.match(await refusal(t, verify({ run: dir })), /manifest.json: not found/);
  t.match((await verify({ data: dir }))[dir], {
    damages: [/dataset.json: has no digest; it was written by/],
  });
});
