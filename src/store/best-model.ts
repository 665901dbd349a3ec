import { readdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { isThere } from '../files/is-there.js';
import { makeFolder } from '../files/make-folder.js';
import { checkJson, readJson } from '../files/read-json.js';
import { renameSynced, syncPath } from '../files/sync.js';
import { writeJson } from '../files/write-json.js';

const Epoch = z.object({
  epoch: z.int().min(0),
  /** Mean loss of its steps. */
  loss: z.number(),
});
/** A finished epoch. */
export type Epoch = z.infer<typeof Epoch>;

/**
 * The model at the end of the epoch with the lowest loss: a numbered folder in a folder of its own. The one before is removed when
 * its successor is on the disk, so that one is complete at any time.
 */
export class BestModel {
  readonly #folder: string;
  #best: { number: number; loss: number };

  /** @throws InputError if the folder exists but a model's epoch in it cannot be read. */
  constructor(folder: string) {
    this.#folder = folder;
    if (isThere(folder)) syncPath(folder); // who saved a model may have been killed before its name was on the disk
    this.#best = savedIn(folder).reduce((best, saved) => (saved.loss < best.loss ? saved : best), NONE);
  }

  /** The folder of the saved model. @throws RangeError if there is none. */
  get path(): string {
    if (this.#best === NONE) throw new RangeError(`${this.#folder}: no model was saved`);
    return join(this.#folder, String(this.#best.number));
  }

  /** Replaces the saved model by that of an epoch, written by `save`, if its loss is lower. */
  async offer(epoch: Epoch, save: (folder: string) => Promise<void>): Promise<void> {
    const { loss } = epoch;
    if (loss >= this.#best.loss) return;
    const number = this.#best.number + 1;
    const folder = join(this.#folder, String(number));
    const partial = `${folder}.partial`;
    makeFolder(this.#folder);
    for (const path of [partial, folder]) await rm(path, { recursive: true, force: true }); // an incomplete one
    await save(partial);
    await writeJson(descriptionOf(partial), epoch);
    await renameSynced(partial, folder);
    this.#best = { number, loss };
    for (const name of readdirSync(this.#folder))
      if (name !== String(number)) await rm(join(this.#folder, name), { recursive: true });
  }
}

const NONE = { number: 0, loss: Infinity };

/** Complete models; one that was partly removed may have lost its description. */
function savedIn(folder: string): (typeof NONE)[] {
  if (!isThere(folder)) return [];
  return readdirSync(folder)
    .filter((name) => /^\d+$/.test(name) && isThere(descriptionOf(join(folder, name))))
    .map((name) => {
      const path = descriptionOf(join(folder, name));
      return { number: Number(name), loss: checkJson(path, Epoch, readJson(path)).loss };
    });
}

const descriptionOf = (folder: string): string => join(folder, 'best.json');
