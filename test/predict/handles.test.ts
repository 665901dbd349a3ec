/** Files and threads of a run with all sources: what opens them also closes them, also after an error in the middle. */
import { cpSync, mkdtempSync, readdirSync, rmSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import tap, { test } from 'tap';
import { evaluateRun } from '../../pipelines/evaluate.js';
import { train } from '../../pipelines/train.js';
import { liveSessions } from '../../src/engine/session.js';
import { openRun, Predictor } from '../../src/index.js';
import { tinyDataset } from '../tiny.js';

const skip = process.platform !== 'linux' && 'counts open files in /proc';
const folder = mkdtempSync(join(tmpdir(), 'dexa-handles-'));
tap.teardown(() => {
  rmSync(folder, { recursive: true });
});
const [data, run] = [join(folder, 'data'), join(folder, 'run')];
const given = (async () => {
  await tinyDataset(data);
  await train({ data, run, dim: 16, words: 64, epochs: 1, threads: 1 });
  await evaluateRun({ run, data, threads: 1 }); // loads what stays loaded
})();

const open = () => ({
  files: readdirSync('/proc/self/fd').length,
  threads: readdirSync('/proc/self/task').length,
  sessions: liveSessions(),
});

test('a predictor closes everything, also with explanations', { skip }, async (t) => {
  await given;
  const before = open();
  for (const { name: source } of [...openRun(run).sources, { name: 'fused' }]) {
    {
      await using predictor = await Predictor.open(run, { source });
      await predictor.predict(['river mountain', ''], { explain: true });
      t.ok(open().files > before.files, source);
      await t.rejects(predictor.predict(['river'], { top: 0 }), /top: expected/);
    }
    t.same(open(), before, source);
  }
});

test('evaluation closes everything, also when it is stopped', { skip }, async (t) => {
  await given;
  const before = open();
  await evaluateRun({ run, data, threads: 1 });
  t.same(open(), before);
  const controller = new AbortController();
  const report = () => {
    controller.abort(new Error('enough'));
  };
  await t.rejects(evaluateRun({ run, data, threads: 1 }, { report, signal: controller.signal }), /enough/);
  t.same(open(), before, 'stopped');
});

/** Nothing reads them when labels are found. */
const UNREAD = ['auxiliary.npy', 'inverse-propensity.npy'];

test('what was opened before a damaged file is closed', { skip }, async (t) => {
  await given;
  const before = open();
  const damaged = join(folder, 'damaged');
  cpSync(run, damaged, { recursive: true });
  const { sources } = openRun(damaged);
  for (const name of readdirSync(run).filter((name) => name.endsWith('.npy') && !UNREAD.includes(name))) {
    const path = join(damaged, name);
    truncateSync(path, 10);
    const readBy = sources.filter(({ files }) =>
      Object.values(files).some((own) => path === own || path.startsWith(`${own}.`)),
    );
    for (const { name: source } of readBy.length > 0 ? readBy : [{ name: 'fused' }]) {
      const asked = async (): Promise<void> => {
        await using predictor = await Predictor.open(damaged, { source });
        await predictor.predict(['river mountain'], { explain: true });
      };
      await t.rejects(asked(), { name: 'InputError' }, `${source}, ${name}`);
      t.same(open(), before, `${source}, ${name}`);
    }
    cpSync(join(run, name), path);
  }
});
