/** `npm run test:watch -- PART_OF_A_PATH …`: compiles on each change, then runs these tests, or all quick ones. */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { pruneBuilt, testFiles } from './files.js';
import { runTests } from './run-tests.js';

const names = process.argv.slice(2);
const arguments_ = ['node_modules/typescript/bin/tsc', '--watch', '--preserveWatchOutput'];
const compiler = spawn(process.execPath, arguments_, { stdio: ['ignore', 'pipe', 'inherit'] });
let current = new AbortController();
for await (const line of createInterface({ input: compiler.stdout })) {
  if (line !== '') console.log(line);
  if (!/Found \d+ error/.test(line)) continue;
  current.abort(); // the next change does not wait for the tests of the last
  current = new AbortController();
  pruneBuilt();
  const { signal } = current;
  const print = (text: string): void => {
    if (!signal.aborted) process.stdout.write(text);
  };
  if (line.includes('Found 0 errors')) void runTests(testFiles({ names }), print, signal);
}
