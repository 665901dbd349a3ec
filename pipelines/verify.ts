/** Compares every byte of a run, a data set or an export with the digests that were written with it. */
import * as z from 'zod';
import { command, runIfMain } from '../src/command/command.js';
import { checkOptions } from '../src/command/options.js';
import { InputError } from '../src/errors.js';
import { print } from '../src/files/standard-output.js';
import { verifyDataset, verifyExport, verifyRun, type Verified } from '../src/stages/verify.js';

const folder = (description: string) => z.string().optional().meta({ description, value: 'DIR' });

export const VerifyOptions = z.object({
  run: folder('folder of a finished run, with its indexes'),
  data: folder('folder of a data set that dexa made'),
  export: folder('folder that dexa export made'),
});
export type VerifyOptions = z.input<typeof VerifyOptions>;

/** By folder. @throws InputError if none is given, or one was not written with digests. */
export async function verify(given: VerifyOptions): Promise<Record<string, Verified>> {
  const { run, data, export: exported } = checkOptions(VerifyOptions, given);
  const found: Record<string, Verified> = {};
  if (run !== undefined) found[run] = await verifyRun(run);
  if (data !== undefined) found[data] = await verifyDataset(data);
  if (exported !== undefined) found[exported] = await verifyExport(exported);
  if (Object.keys(found).length > 0) return found;
  throw new InputError('expected --run, --data or --export');
}

export const verifyCommand = command({
  name: 'verify',
  summary: 'Find damaged files of a run, a data set or an export',
  options: VerifyOptions,
  async run(options, { note }) {
    const all = Object.entries(await verify(options));
    for (const [dir, { files, damages, unknown }] of all) {
      for (const path of unknown) note?.(`${path}: not written by dexa, not compared`);
      if (damages.length === 0) await print(`${dir}: ${files} files are what was written\n`);
    }
    const damages = all.flatMap(([, verified]) => verified.damages);
    const more = damages.length > 1 ? ` (and ${damages.length - 1} more)` : '';
    for (const damage of damages.slice(1)) note?.(damage);
    if (damages[0] !== undefined) throw new InputError(`${damages[0]}${more}`);
  },
});
await runIfMain(import.meta.url, verifyCommand);
