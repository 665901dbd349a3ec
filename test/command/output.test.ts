import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { test } from 'tap';

/** What is printed by a command, and what by the parser of command lines. */
const COMMANDS = ['--help', 'metrics --truth truth.jsonl --predictions ranked.jsonl', '--version'];

/** Runs the command in `cwd`; `output` is a file descriptor, or a pipe that is closed before anything is written. */
async function run(cwd: string, args: string, output: number | 'closed') {
  const stdout = output === 'closed' ? 'pipe' : output;
  const child = spawn(
    process.execPath,
    [join(process.cwd(), 'dist/src/command/dexa.js'), ...args.split(' ')],
    {
      cwd,
      stdio: ['ignore', stdout, 'pipe'],
    },
  );
  child.stdout?.destroy();
  const stderr = text(child.stderr!);
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, stderr: await stderr };
}

function folder(dir: string): string {
  writeFileSync(join(dir, 'truth.jsonl'), '{"labels":[1]}\n');
  writeFileSync(join(dir, 'ranked.jsonl'), '{"labels":[1],"scores":[1]}\n');
  return dir;
}

test('a command whose reader has gone ends without a word, as by SIGPIPE', async (t) => {
  const dir = folder(t.testdir());
  for (const args of COMMANDS) t.same(await run(dir, args, 'closed'), { code: 141, stderr: '' }, args);
});

test('a full disk is one line', async (t) => {
  const dir = folder(t.testdir());
  const stderr = 'error: standard output: cannot be written: ENOSPC: no space left on device, write\n';
  for (const args of COMMANDS)
    t.same(await run(dir, args, openSync('/dev/full', 'w')), { code: 2, stderr }, args);
});

test('a command goes on where standard error cannot be written', async (t) => {
  const dir = folder(t.testdir());
  const dexa = join(process.cwd(), 'dist/src/command/dexa.js');
  const child = spawn(process.execPath, [dexa, ...COMMANDS[1]!.split(' ')], {
    cwd: dir,
    stdio: ['ignore', 'pipe', openSync('/dev/full', 'w')],
  });
  const printed = text(child.stdout!);
  t.same(await once(child, 'close'), [0, null]);
  t.match(await printed, /^1 texts\n/);
});
