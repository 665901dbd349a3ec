import { existsSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { checkJson, readJson } from '../files/read-json.js';
import { writeJson } from '../files/write-json.js';

const Epoch = z.object({
  epoch: z.int().min(0),
  /** Mean of its steps. */
  loss: z.number(),
});
/** An epoch that has ended. */
export type Epoch = z.infer<typeof Epoch>;

/** The model as it was at the end of the epoch of the lowest loss: a folder, whole at any time. */
export class BestModel {
  readonly #folder: string;
  #least: number;

  /** @throws InputError if there is one that does not say of which epoch it is. */
  constructor(folder: string) {
    const path = descriptionOf(folder);
    this.#folder = folder;
    this.#least = existsSync(folder) ? checkJson(path, Epoch, readJson(path)).loss : Infinity;
  }

  /** Has the model of an epoch saved in place of the one before, if its loss is lower. */
  async offer(epoch: Epoch, save: (folder: string) => Promise<void>): Promise<void> {
    if (epoch.loss >= this.#least) return;
    const partial = `${this.#folder}.partial`;
    await rm(partial, { recursive: true, force: true });
    await save(partial);
    await writeJson(descriptionOf(partial), epoch);
    await rm(this.#folder, { recursive: true, force: true });
    await rename(partial, this.#folder);
    this.#least = epoch.loss;
  }
}

const descriptionOf = (folder: string): string => join(folder, 'best.json');
