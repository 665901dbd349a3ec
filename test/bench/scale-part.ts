/**
 * A part of the scale benchmark, in a separate process: runs a pipeline and writes the costs of each stage that it reports.
 * Only Linux reports the peak memory of a process since the last query.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { evaluateRun } from '../../pipelines/evaluate.js';
import { makeCorpus } from '../../pipelines/make-corpus.js';
import { plan } from '../../pipelines/plan.js';
import { train } from '../../pipelines/train.js';
import type { Progress, Watch } from '../../src/stream/progress.js';
import type { Stage } from './scale-table.js';

const PARTS = { corpus: makeCorpus, plan, train, evaluate: evaluateRun };
export type Part = keyof typeof PARTS;

/** What a part writes, as one line of JSON. */
export interface Measured {
  stages: Stage[];
  result: unknown;
}

const [part, options] = process.argv.slice(2) as [Part, string];
const run = PARTS[part] as (options: unknown, watch: Watch) => Promise<unknown>;

const field = (path: string, name: string): number =>
  Number(new RegExp(`^${name}:\\s*(\\d+)`, 'm').exec(readFileSync(path, 'utf8'))![1]);

const stages = new Map<string, Stage>();
/** Progress of each stage; a repeated stage continues or restarts its count. */
const doneOf = new Map<string, number>();
let last = { at: performance.now(), written: field('/proc/self/io', 'wchar') };

/** Costs since the last report belong to the stage that reports. */
function report({ stage, done }: Progress): void {
  const now = { at: performance.now(), written: field('/proc/self/io', 'wchar') };
  const peak = field('/proc/self/status', 'VmHWM') * 1024;
  writeFileSync('/proc/self/clear_refs', '5'); // resets the peak memory
  const sum = stages.get(stage) ?? { stage, rows: 0, seconds: 0, written: 0, peak: 0 };
  if (!stages.has(stage)) process.stderr.write(`${stage}\n`);
  const earlier = doneOf.get(stage) ?? 0;
  doneOf.set(stage, done);
  stages.set(stage, {
    stage,
    rows: sum.rows + (done > earlier ? done - earlier : done),
    seconds: sum.seconds + (now.at - last.at) / 1000,
    written: sum.written + now.written - last.written,
    peak: Math.max(sum.peak, peak),
  });
  last = now;
}

const result = await run(JSON.parse(options), { report });
process.stdout.write(`${JSON.stringify({ stages: [...stages.values()], result } satisfies Measured)}\n`);
