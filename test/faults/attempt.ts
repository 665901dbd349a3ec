/** Training in a separate process, with a fault. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import type { TrainOptions } from '../../pipelines/train.js';
import type { FileFault } from './faulty.js';

export interface Report {
  stage: string;
  done: number;
}

export interface Attempt {
  reports: Report[];
  /** 0 if it finished. */
  code: number | null;
  /** Its error output, if it failed. */
  stderr: string;
  milliseconds: number;
}

export interface Wrong {
  /** Milliseconds until `kill -9`, if it is still running. */
  kill?: number;
  /** The stage whose first report is followed by `kill -9`, or the number of the report. */
  killAt?: string | number;
  /** At a read or write of its own or of its threads. */
  file?: FileFault;
}

const [CHILD, FAULTY] = ['./child.js', './faulty.js'].map((name) => new URL(name, import.meta.url));

export async function attempt(options: TrainOptions, { kill, killAt, file }: Wrong = {}): Promise<Attempt> {
  const started = performance.now();
  const preload = file ? ['--import', FAULTY!.href] : [];
  const child = spawn(process.execPath, [...preload, fileURLToPath(CHILD!), JSON.stringify(options)], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NODE_OPTIONS: '', ...(file && { DEXA_FAULT: JSON.stringify(file) }) },
  });
  const closed = once(child, 'close') as Promise<[number | null]>;
  const stderr = text(child.stderr);
  const timer = kill === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), kill);
  const reports: Report[] = [];
  for await (const line of createInterface(child.stdout)) {
    if (!line.endsWith('}')) continue; // cut short by the end of the process
    const report = JSON.parse(line) as Report;
    if (reports.push(report) === killAt || report.stage === killAt) child.kill('SIGKILL');
  }
  const [code] = await closed;
  clearTimeout(timer);
  return { reports, code, stderr: await stderr, milliseconds: performance.now() - started };
}
