/**
 * Loaded before anything else in a process and in each of its threads: injects the fault named by DEXA_FAULT into a
 * thread, at one of its file reads or writes.
 */
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { isMainThread } from 'node:worker_threads';

export interface ThreadFault {
  kind: 'throws' | 'exits' | 'hangs';
  /** The number of the read or write, from 1. */
  at: number;
}

const { kind, at } = JSON.parse(process.env['DEXA_FAULT']!) as ThreadFault;
/** Milliseconds to wait for a thread that hangs. */
const PATIENCE = 3000;

function goWrong(): void {
  if (kind === 'throws') throw new Error('a thread that throws');
  if (kind === 'exits') process.exit(7);
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
}

if (isMainThread && kind === 'hangs') {
  const { setTimeout } = globalThis;
  const sooner = (callback: () => void, milliseconds?: number): NodeJS.Timeout =>
    setTimeout(callback, Math.min(milliseconds ?? 0, PATIENCE));
  Reflect.set(globalThis, 'setTimeout', Object.assign(sooner, setTimeout));
} else if (!isMainThread) {
  let calls = 0;
  const faulty =
    <A extends unknown[], R>(call: (...args: A) => R) =>
    (...args: A): R => {
      if (++calls === at) goWrong();
      return call(...args);
    };
  for (const name of ['readSync', 'writeSync'])
    Reflect.set(fs, name, faulty(Reflect.get(fs, name) as (...given: unknown[]) => number));
  syncBuiltinESMExports();
}
