/** A run that is ended by `kill -9`, and begun again by the same command. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { TrainOptions } from '../../pipelines/train.js';
import { digests } from './digests.js';

interface Report {
  stage: string;
  done: number;
}

interface Attempt {
  reports: Report[];
  /** 0 when it came to its end. */
  code: number | null;
  milliseconds: number;
}

const CHILD = fileURLToPath(new URL('./child.js', import.meta.url));

/** Trains in a process of its own, which is killed after a while, if it is still there. */
export async function attempt(options: TrainOptions, killAfter = Infinity): Promise<Attempt> {
  const started = performance.now();
  const child = spawn(process.execPath, [CHILD, JSON.stringify(options)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const closed = once(child, 'close') as Promise<[number | null]>;
  const timer = killAfter === Infinity ? undefined : setTimeout(() => child.kill('SIGKILL'), killAfter);
  const reports: Report[] = [];
  for await (const line of createInterface(child.stdout))
    if (line.endsWith('}')) reports.push(JSON.parse(line) as Report);
  const [code] = await closed;
  clearTimeout(timer);
  return { reports, code, milliseconds: performance.now() - started };
}

export interface Killed {
  /** What it was at. */
  stage: string;
  /** Whether it came to the same end when it was begun again. */
  survived: boolean;
  /** Steps that were made again. */
  lost: number;
}

/** Kills a run once, and goes on with it. */
export async function killOnce(
  options: TrainOptions,
  { after, expected }: { after: number; expected: Record<string, string> },
): Promise<Killed> {
  rmSync(options.run, { recursive: true, force: true });
  const first = await attempt(options, after);
  const second = first.code === 0 ? first : await attempt(options);
  const found = second.code === 0 ? digests(options.run) : {};
  return {
    stage: first.reports.at(-1)?.stage ?? 'begin',
    survived: JSON.stringify(found) === JSON.stringify(expected),
    lost: first.code === 0 ? 0 : lostSteps(first.reports, second.reports, options.batch!),
  };
}

/** Steps of the stage that was killed that its second time made again. */
function lostSteps(first: Report[], second: Report[], batch: number): number {
  const last = first.at(-1);
  if (!last?.stage.startsWith('train')) return 0;
  const again = second.find(({ stage }) => stage === last.stage);
  return again ? Math.max(0, (last.done - again.done) / batch + 1) : 0;
}
