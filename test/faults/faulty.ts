/**
 * Loaded before anything else in a process and in each of its threads: injects the fault named by DEXA_FAULT into a
 * thread, at one of its file reads or writes, or kills the process at one of its main thread's.
 */
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { isMainThread } from 'node:worker_threads';

export interface FileFault {
  /** What a thread does, or that the process is killed. */
  kind: 'throws' | 'exits' | 'hangs' | 'killed';
  /** The number of the read or write, from 1. */
  at: number;
  /** They count from the first on that names a path with this part; by default all do. */
  after?: string;
}

const { kind, at, after } = JSON.parse(process.env['DEXA_FAULT']!) as FileFault;
/** Milliseconds to wait for a thread that hangs. */
const PATIENCE = 3000;

function goWrong(): void {
  if (kind === 'throws') throw new Error('a thread that throws');
  if (kind === 'exits') process.exit(7);
  if (kind === 'killed') process.kill(process.pid, 'SIGKILL');
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
}

if (isMainThread && kind === 'hangs') {
  const { setTimeout } = globalThis;
  const sooner = (callback: () => void, milliseconds?: number): NodeJS.Timeout =>
    setTimeout(callback, Math.min(milliseconds ?? 0, PATIENCE));
  Reflect.set(globalThis, 'setTimeout', Object.assign(sooner, setTimeout));
}

let calls = 0;
let begun = after === undefined;

const faulty =
  <A extends unknown[], R>(call: (...args: A) => R) =>
  (...args: A): R => {
    begun ||= args.some((own) => typeof own === 'string' && own.includes(after!));
    if (begun && ++calls === at) goWrong();
    return call(...args);
  };

function inject(functions: object, names: readonly string[]): void {
  for (const name of names)
    Reflect.set(functions, name, faulty(Reflect.get(functions, name) as (...given: unknown[]) => unknown));
}

if (isMainThread === (kind === 'killed')) {
  inject(fs, ['readSync', 'writeSync']);
  if (isMainThread)
    inject(fs, ['openSync', 'closeSync', 'ftruncateSync', 'renameSync', 'rmSync', 'writeFileSync']);
  if (isMainThread) inject(fs.promises, ['open', 'rename', 'copyFile', 'writeFile']);
  syncBuiltinESMExports();
}
