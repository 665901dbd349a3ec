/**
 * Time and memory of one step on a batch that is trained on by chunks: `npm run bench:large-batch`. Each shape runs in a
 * separate process.
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { machine, table, writeSection } from './results.js';
import { BASE, OurStep, padded, SMALL, type Shape } from './transformer.js';

const PAIRS = 1600;
const LENGTH = 32;
const shapes: Record<string, Shape> = { '3 × 384': SMALL, '6 × 768': BASE };

interface Result {
  seconds: number;
  peak: number;
}

/** Runs in the child process. */
async function measure(shape: Shape): Promise<Result> {
  await using side = new OurStep(shape, padded(PAIRS, LENGTH));
  const start = performance.now();
  await side.run();
  return { seconds: (performance.now() - start) / 1000, peak: process.resourceUsage().maxRSS / 1024 };
}

const [name] = process.argv.slice(2);
if (name !== undefined) {
  console.log(JSON.stringify(await measure(shapes[name]!)));
} else {
  const rows = [['', 'peak MB', 'seconds a step']];
  for (const name of Object.keys(shapes)) {
    const { stdout } = spawnSync(process.execPath, [fileURLToPath(import.meta.url), name], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const { peak, seconds } = JSON.parse(stdout) as Result;
    rows.push([name, peak.toFixed(0), seconds.toFixed(0)]);
    console.log(rows.at(-1)!.join(' | '));
  }
  await writeSection(
    'large-batch',
    `## Large batches by chunks

\`npm run bench:large-batch\` on ${machine()}. One step of Module I on ${PAIRS.toLocaleString('en')} pairs of ${LENGTH} tokens per text and per label, in a
separate process with the model, its moments and a vocabulary of 30,522: encoded by chunks, the loss over all, and each
chunk encoded again with its gradient.

${table(rows)}
`,
  );
}
