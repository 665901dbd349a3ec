/** Options that several commands have, described once. */
import { availableParallelism } from 'node:os';
import * as z from 'zod';
import { SEARCHES } from '../search/choose.js';

/** A whole number within bounds. */
export const whole = (least: number, most = 2 ** 31 - 1) => z.number().int().min(least).max(most);

const described = <T extends z.ZodType>(schema: T, description: string, value?: string): T =>
  schema.meta({ description, ...(value !== undefined && { value }) });

export const dataOption = () => described(z.string(), 'folder of the data set', 'DIR');
export const runOption = () => described(z.string(), 'folder of a finished run', 'DIR');
export const outOption = () => described(z.string(), 'folder to make; must not hold anything yet', 'DIR');
export const jsonOption = () =>
  described(
    z.string().optional(),
    'write the metrics there as JSON, fractions 0..1; - for standard output',
    'FILE',
  );
export const sourceOption = () =>
  described(
    z.string().optional(),
    'who answers: one source of the run (encoder, classifier, …), or fused; default fused where the run has it',
    'NAME',
  );
export const searchOption = () =>
  described(
    z.enum(SEARCHES).default('auto'),
    'all labels, by index (see dexa index), or by index if there is one',
    SEARCHES.join('|'),
  );
export const threadsOption = () =>
  described(whole(1, 1024).default(availableParallelism), "threads; the default is this machine's");
