/** Options shared by several commands. */
import { availableParallelism } from 'node:os';
import * as z from 'zod';
import { SEARCHES } from '../search/choose.js';

/** An integer within bounds. */
export const integer = (least: number, most = 2 ** 31 - 1) => z.number().int().min(least).max(most);

const described = <T extends z.ZodType>(schema: T, description: string, value?: string): T =>
  schema.meta({ description, ...(value !== undefined && { value }) });

export const dataOption = () => described(z.string(), 'folder of the data set', 'DIR');
export const runOption = () => described(z.string(), 'folder of a finished run', 'DIR');
export const outOption = () => described(z.string(), 'folder to create; must be empty if it exists', 'DIR');
export const jsonOption = () =>
  described(
    z.string().optional(),
    'write the metrics to this file as JSON, fractions 0..1; - for standard output',
    'FILE',
  );
export const sourceOption = () =>
  described(
    z.string().optional(),
    'who answers: one source of the run (encoder, classifier, …), or fused; default fused where the run has it',
    'NAME',
  );
export const searchOption = (value: (typeof SEARCHES)[number] = 'auto') =>
  described(
    z.enum(SEARCHES).default(value),
    'exact: search all labels; ann: by the index (see dexa index); auto: by the index if there is one',
    SEARCHES.join('|'),
  );
export const threadsOption = () =>
  described(integer(1, 1024).default(availableParallelism), 'threads; the default is the number of cores');
