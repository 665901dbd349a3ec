import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { checkJson, readJson } from '../files/read-json.js';
import { renameSynced } from '../files/sync.js';
import { writeJson } from '../files/write-json.js';

const Epoch = z.object({
  epoch: z.int().min(0),
  /** Mean loss of its steps. */
  loss: z.number(),
});
/** A finished epoch. */
export type Epoch = z.infer<typeof Epoch>;

/** The model at the end of the epoch with the lowest loss: a folder that is complete at any time. */
export class BestModel {
  readonly #folder: string;
  #least: number;

  /** @throws InputError if the folder exists but its epoch cannot be read. */
  constructor(folder: string) {
    const path = descriptionOf(folder);
    this.#folder = folder;
    this.#least = existsSync(folder) ? checkJson(path, Epoch, readJson(path)).loss : Infinity;
  }

  /** Replaces the saved model by that of an epoch, written by `save`, if its loss is lower. */
  async offer(epoch: Epoch, save: (folder: string) => Promise<void>): Promise<void> {
    if (epoch.loss >= this.#least) return;
    const partial = `${this.#folder}.partial`;
    await rm(partial, { recursive: true, force: true });
    await save(partial);
    await writeJson(descriptionOf(partial), epoch);
    await rm(this.#folder, { recursive: true, force: true });
    await renameSynced(partial, this.#folder);
    this.#least = epoch.loss;
  }
}

const descriptionOf = (folder: string): string => join(folder, 'best.json');
