import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import type { TrainOptions } from '../../pipelines/train.js';

/** Trains in a process of its own, into a folder that is emptied first. Returns wall time and peak resident memory. */
export function trainFresh(options: TrainOptions): { seconds: number; peakMB: number } {
  rmSync(options.run, { recursive: true, force: true });
  const module = new URL('../../pipelines/train.js', import.meta.url).href;
  const code = `
    import { train } from ${JSON.stringify(module)};
    await train(${JSON.stringify(options)}, { note: (line) => process.stderr.write(line + '\\n') });
    process.stdout.write(String(process.resourceUsage().maxRSS));`;
  const began = performance.now();
  const { stdout, status } = spawnSync(process.execPath, ['--input-type=module', '-e', code], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (status !== 0) throw new Error(`training of ${options.run} ended with ${status}`);
  return { seconds: (performance.now() - began) / 1000, peakMB: Number(stdout) / 1000 };
}
