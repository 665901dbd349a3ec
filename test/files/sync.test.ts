/** What would be left of a power loss: renames are recorded with what was on the disk before. */
import fs from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import promises from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { dirname, join } from 'node:path';
import { test, type Test } from 'tap';
import { AtomicFile } from '../../src/files/atomic-file.js';
import { createFolder } from '../../src/files/atomic-folder.js';
import { writeJson } from '../../src/files/write-json.js';
import { Matrix } from '../../src/formats/npy.js';
import { writeSafetensors } from '../../src/formats/safetensors.js';
import { Checkpoints } from '../../src/store/checkpoints.js';
import { syncOutputs } from '../../src/stages/outputs.js';

/** Names of what was synced and renamed by `work`, in order, relative to the folder of the test. */
async function calls(t: Test, dir: string, work: () => Promise<unknown>): Promise<string[]> {
  const recorded: string[] = [];
  const opened = new Map<number, string>();
  const own = (path: unknown): string => String(path).slice(dir.length + 1) || '.';
  const { openSync, fsyncSync, renameSync } = fs;
  const { rename } = promises;
  fs.openSync = (...args: Parameters<typeof openSync>) => {
    const fd = openSync(...args);
    opened.set(fd, own(args[0]));
    return fd;
  };
  fs.fsyncSync = (fd) => {
    recorded.push(`sync ${opened.get(fd)!}`);
    fsyncSync(fd);
  };
  const told = (from: unknown, to: unknown) => recorded.push(`rename ${own(from)} to ${own(to)}`);
  fs.renameSync = (from, to) => {
    told(from, to);
    renameSync(from, to);
  };
  promises.rename = (from, to) => {
    told(from, to);
    return rename(from, to);
  };
  syncBuiltinESMExports();
  const restore = () => {
    Object.assign(fs, { openSync, fsyncSync, renameSync });
    promises.rename = rename;
    syncBuiltinESMExports();
  };
  t.teardown(restore);
  await work();
  restore();
  return recorded;
}

test('a file is synced before it gets its name, and its folder after', async (t) => {
  const dir = t.testdir();
  const atomic = async () => {
    await using file = await AtomicFile.create(join(dir, 'a'));
    await file.write('x');
    await file.finish();
  };
  t.same(await calls(t, dir, atomic), ['sync a.tmp', 'rename a.tmp to a', 'sync .']);
  t.same(await calls(t, dir, () => writeJson(join(dir, 'b'), 1)), [
    'sync b.tmp',
    'rename b.tmp to b',
    'sync .',
  ]);
  const tensors = async () => {
    writeSafetensors(join(dir, 'c'), { x: { shape: [1], data: Float32Array.of(1) } });
  };
  t.same(await calls(t, dir, tensors), ['sync c.partial', 'rename c.partial to c', 'sync .']);
});

test('a folder is renamed when all that is in it is on the disk', async (t) => {
  const dir = t.testdir();
  const build = () =>
    createFolder({ dir: join(dir, 'new'), what: 'a test' }, async (partial) => {
      await mkdir(join(partial, 'below'));
      await writeFile(join(partial, 'below', 'x'), 'x');
      await writeFile(join(partial, 'y'), 'y');
    });
  t.same(await calls(t, dir, build), [
    'sync .', // the name of the folder that it is in
    'sync new.partial/below/x',
    'sync new.partial/below',
    'sync new.partial/y',
    'sync new.partial',
    'rename new.partial to new',
    'sync .',
  ]);
});

test('a checkpoint outlasts a power loss with its files', async (t) => {
  const dir = t.testdir();
  const checkpoints = new Checkpoints(join(dir, 'checkpoints'), { config: {} });
  const write = () =>
    checkpoints.write({ epoch: 0, step: 1, loss: 0 }, async ({ folder }) =>
      writeFile(join(folder, 'x'), 'x'),
    );
  const recorded = await calls(t, dir, write);
  const at = recorded.findIndex((call) => /^rename checkpoints\/1.partial to/.test(call));
  t.ok(recorded.slice(0, at).includes('sync checkpoints/1.partial/x'), recorded.join(', '));
  t.ok(recorded.slice(0, at).includes('sync checkpoints/1.partial'));
  t.equal(recorded[at + 1], 'sync checkpoints');
});

test('outputs of a stage are on the disk with their names', async (t) => {
  const dir = t.testdir({ model: { 'config.json': '{}' } });
  using matrix = Matrix.create(join(dir, 'texts.offsets.npy'), { dtype: 'int64', cols: 1 });
  matrix.finish();
  const outputs = { model: join(dir, 'model'), texts: join(dir, 'texts') };
  const recorded = await calls(t, dir, async () => {
    syncOutputs(outputs);
  });
  t.same(recorded, ['sync model/config.json', 'sync texts.offsets.npy', 'sync model', 'sync .']);
  t.ok(dirname(outputs.model) === dir);
});
