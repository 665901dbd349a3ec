/**
 * Checkpoints of training: folders `1`, `2`, … in one folder. Each is written under a temporary name, synced and renamed, with
 * digests of its files: a damaged or incomplete one is ignored.
 */
import { readdirSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { libraryVersions } from '../versions.js';
import { InputError } from '../errors.js';
import { asStored, firstDifference } from '../files/difference.js';
import { digestsOf, firstDamage } from '../files/digests.js';
import { isThere } from '../files/is-there.js';
import { makeFolder } from '../files/make-folder.js';
import { checkJson, readJson } from '../files/read-json.js';
import { removeSynced, renameSynced } from '../files/sync.js';
import { writeJson } from '../files/write-json.js';

/** The position of training. */
const Position = z.object({
  /** The current epoch, and its steps so far. */
  epoch: z.int().min(0),
  step: z.int().min(0),
  /** Mean loss of these steps. */
  loss: z.number(),
  /** Mean over these steps of the cosine that they report, if they do. */
  cosine: z.number().optional(),
});
export type Position = z.infer<typeof Position>;

const Description = z.object({
  /** What training was started with: it can only be resumed with the same. */
  config: z.record(z.string(), z.unknown()),
  position: Position,
  /** Versions of what wrote it. */
  libraries: z.record(z.string(), z.string()),
  /** SHA-256 of each file. */
  files: z.record(z.string(), z.string()),
});

/** The number of a checkpoint and the folder of its files. */
export interface CheckpointPlace {
  number: number;
  folder: string;
}

export interface Checkpoint extends CheckpointPlace {
  position: Position;
}

export interface CheckpointsOptions {
  config: Readonly<Record<string, unknown>>;
  /** How many checkpoints are kept; default 2. */
  keep?: number;
}

const DESCRIPTION = 'checkpoint.json';

export class Checkpoints {
  readonly #dir: string;
  readonly #config: Readonly<Record<string, unknown>>;
  readonly #keep: number;
  /** The newest intact one. */
  #newest = 0;

  constructor(dir: string, { config, keep = 2 }: CheckpointsOptions) {
    this.#dir = dir;
    this.#config = asStored(config);
    this.#keep = keep;
  }

  /**
   * The newest intact one, if there is one; reports to `tell` newer ones that are damaged, which are removed, and if other
   * versions of libraries wrote it.
   * @throws InputError if training was started with something else, or a checkpoint cannot be read.
   */
  async latest(tell: (message: string) => void): Promise<Checkpoint | undefined> {
    for (const number of numbersIn(this.#dir).reverse()) {
      const folder = join(this.#dir, String(number));
      try {
        const { config, position, libraries: before } = await check(folder);
        const difference = firstDifference(config, this.#config);
        if (difference !== undefined)
          throw new InputError(`${folder}: was written with ${difference}; delete the run to start over`);
        const other = firstDifference(before, libraryVersions());
        if (other !== undefined)
          tell(`${folder}: was written with ${other}; results may differ in their last digits`);
        this.#newest = number;
        return { number, folder, position };
      } catch (error) {
        if (!(error instanceof Damaged)) throw error;
        tell(error.message);
        removeSynced(folder); // what is on disk is restored to an older one, and then this one fits it no more
      }
    }
    return undefined;
  }

  /** Writes a checkpoint, whose files `fill` writes. Returns the oldest readable one that is kept. */
  async write(
    position: Position,
    fill: (place: CheckpointPlace) => Promise<void>,
  ): Promise<Pick<Checkpoint, 'number' | 'position'>> {
    const number = this.#newest + 1;
    const folder = join(this.#dir, String(number));
    const partial = `${folder}.partial`;
    for (const path of [partial, folder]) await rm(path, { recursive: true, force: true }); // an incomplete one
    makeFolder(this.#dir);
    await mkdir(partial);
    await fill({ folder: partial, number });
    const files = await digestsOf(partial, DESCRIPTION);
    await writeJson(join(partial, DESCRIPTION), {
      config: this.#config,
      position,
      libraries: libraryVersions(),
      files,
    });
    await renameSynced(partial, folder);
    this.#newest = number;
    const numbers = numbersIn(this.#dir);
    for (const old of numbers.slice(0, -this.#keep))
      await rm(join(this.#dir, String(old)), { recursive: true });
    for (const kept of numbers.slice(-this.#keep)) {
      const path = join(this.#dir, String(kept), DESCRIPTION);
      const { data } = Description.safeParse(isThere(path) ? readJson(path) : undefined);
      if (data) return { number: kept, position: data.position };
    }
    return { number, position };
  }
}

class Damaged extends Error {}

async function check(folder: string): Promise<z.infer<typeof Description>> {
  const path = join(folder, DESCRIPTION);
  let description: z.infer<typeof Description>;
  try {
    description = checkJson(path, Description, readJson(path));
  } catch (cause) {
    if (isUnread(cause as Error)) throw cause;
    throw new Damaged((cause as Error).message, { cause });
  }
  const damage = await firstDamage(folder, description.files, DESCRIPTION);
  if (damage !== undefined) throw new Damaged(damage);
  return description;
}

/** Whether the disk did not answer: nothing is known of the file then. */
function isUnread({ cause }: Error): boolean {
  const { errno, code } = (cause ?? {}) as NodeJS.ErrnoException;
  return errno !== undefined && code !== 'ENOENT';
}

/** Ascending. */
function numbersIn(dir: string): number[] {
  if (!isThere(dir)) return [];
  const names = readdirSync(dir).filter((name) => /^\d+$/.test(name));
  return names.map(Number).sort((a, b) => a - b);
}
