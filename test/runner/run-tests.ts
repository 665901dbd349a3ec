/** Runs compiled tests, each file in a process of its own: node alone starts one in a fifth of the time that tap's runner takes. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { text } from 'node:stream/consumers';
import { builtFile } from './files.js';

const SECONDS = 900;
/** Tests have threads themselves. */
const PROCESSES = Math.min(4, availableParallelism());

export interface Outcome {
  file: string;
  passed: number;
  failed: number;
  /** What it printed, without what passed. */
  output: string;
}

/** Runs the files, several at a time, and reports each as it ends. @returns how many tests passed and failed. */
export async function runTests(
  files: readonly string[],
  print: (text: string) => void,
  signal?: AbortSignal,
): Promise<Record<'passed' | 'failed', number>> {
  const outcomes: Outcome[] = [];
  const waiting = [...files];
  const work = async (): Promise<void> => {
    for (let file = waiting.shift(); file !== undefined && !signal?.aborted; file = waiting.shift()) {
      const started = performance.now();
      const outcome = await runFile(file, signal);
      const seconds = ((performance.now() - started) / 1000).toFixed(1).padStart(6);
      print(`${outcome.failed > 0 ? 'not ok' : 'ok    '} ${seconds} s  ${file}\n`);
      outcomes.push(outcome);
    }
  };
  await Promise.all(Array.from({ length: PROCESSES }, work));
  for (const { file, failed, output } of outcomes) if (failed > 0) print(`\n${file}\n${output}`);
  const sum = (key: 'passed' | 'failed'): number => outcomes.reduce((n, outcome) => n + outcome[key], 0);
  const [passed, failed] = [sum('passed'), sum('failed')];
  print(`\n${passed} passed, ${failed} failed\n`);
  return { passed, failed };
}

/** A process that fails without saying which test it was is one failed test. */
async function runFile(file: string, signal?: AbortSignal): Promise<Outcome> {
  const child = spawn(process.execPath, [builtFile(file)], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, TAP_TIMEOUT: String(SECONDS) },
    ...(signal && { signal }),
  });
  child.on('error', () => undefined); // its exit tells as much
  const [stdout, stderr] = [text(child.stdout), text(child.stderr)];
  const [code] = (await once(child, 'close').catch(() => [1])) as [number | null];
  const { passed, failed, rest } = readTap(await stdout);
  return {
    file,
    passed,
    failed: code === 0 ? failed : Math.max(1, failed),
    output: `${rest}${await stderr}`,
  };
}

/** Counts the tests of a file, which are what is not indented. */
export function readTap(tap: string): { passed: number; failed: number; rest: string } {
  const lines = tap.split('\n');
  return {
    passed: lines.filter((line) => line.startsWith('ok ')).length,
    failed: lines.filter((line) => line.startsWith('not ok ')).length,
    rest: lines.filter((line) => !/^ *(ok |# Subtest|\d+\.\.\d+$|$)/.test(line)).join('\n'),
  };
}
