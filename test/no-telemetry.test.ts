/** ONNX Runtime that gathers usage data keeps a device id and a database in the home folder, from its first session on. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'tap';

const moduleUrl = (path: string): string => JSON.stringify(new URL(path, import.meta.url));

/** A session of a model that is none. */
const SESSION = `await (await import('onnxruntime-node')).InferenceSession.create(Buffer.of(1)).catch(() => console.log('refused'));`;
const THREAD = `new (await import('node:worker_threads')).Worker(${JSON.stringify(`(async () => { ${SESSION} })()`)}, { eval: true });`;

for (const [where, code] of [
  ['where the engine runs', `await import(${moduleUrl('../src/engine/load.js')}); ${SESSION}`],
  ['in threads', `await import(${moduleUrl('../src/stream/pooled.js')}); ${THREAD}`],
] as const)
  test(`ONNX Runtime gathers no usage data ${where}`, async (t) => {
    const home = join(t.testdir(), 'home');
    mkdirSync(home);
    const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', code], {
      env: { ...process.env, ORT_DISABLE_TELEMETRY: undefined, HOME: home, XDG_CACHE_HOME: '' },
      encoding: 'utf8',
    });
    t.same({ stdout, stderr, files: readdirSync(home) }, { stdout: 'refused\n', stderr: '', files: [] });
  });
