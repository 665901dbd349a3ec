/** The files in a checkpoint's folder that a trainer needs, besides its rows on disk, to resume as if it had never stopped. */
import { join } from 'node:path';
import * as z from 'zod';
import type { Parameter } from '../model/optimisers/adamw.js';
import { checkJson, readJson } from '../files/read-json.js';
import { readSafetensors, writeSafetensors, type Tensors } from '../formats/safetensors.js';
import { writeJson } from '../files/write-json.js';
import { InputError } from '../errors.js';

const State = z.object({
  /** Number of steps made. */
  steps: z.int().min(0),
  /** Sizes of shapes so far, which decide how sums are rounded. */
  room: z.record(z.string(), z.int().min(0)),
});
export type TrainerState = z.infer<typeof State>;

const PARTS = ['data', 'm', 'v'] as const;
const file = (folder: string): string => join(folder, 'trainer.json');
const tensors = (folder: string): string => join(folder, 'parameters.safetensors');

export async function saveTrainer(
  folder: string,
  state: TrainerState,
  parameters: Readonly<Record<string, Parameter>> = {},
): Promise<void> {
  const named = Object.entries(parameters).flatMap(([name, parameter]) =>
    PARTS.map(
      (part) => [`${part}/${name}`, { shape: [parameter[part].length], data: parameter[part] }] as const,
    ),
  );
  if (named.length > 0) writeSafetensors(tensors(folder), Object.fromEntries(named));
  await writeJson(file(folder), state);
}

/** Fills `parameters`. @throws InputError if others were saved. */
export function loadTrainer(
  folder: string,
  parameters: Readonly<Record<string, Parameter>> = {},
): TrainerState {
  const state = checkJson(file(folder), State, readJson(file(folder)));
  const names = Object.keys(parameters);
  const saved: Tensors = names.length > 0 ? readSafetensors(tensors(folder)) : {};
  for (const name of names)
    for (const part of PARTS) {
      const values = saved[`${part}/${name}`]?.data;
      if (values?.length !== parameters[name]![part].length)
        throw new InputError(
          `${tensors(folder)}: ${part}/${name} has ${values?.length ?? 'no'} values, ${parameters[name]![part].length} expected`,
        );
      parameters[name]![part].set(values);
    }
  return state;
}
