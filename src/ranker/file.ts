/** The fusion of a run on disk. */
import * as z from 'zod';
import { checkJson, readJson } from '../files/read-json.js';
import { writeJson } from '../files/write-json.js';
import type { Comparison } from './fit.js';
import type { Fusion } from './fuse.js';
import type { Tree } from './tree.js';

const Tree: z.ZodType<Tree> = z.lazy(() =>
  z.union([
    z.object({ feature: z.number().int().min(0).max(2), threshold: z.number(), below: Tree, above: Tree }),
    z.object({ share: z.number().min(0).max(1) }),
  ]),
);
const Saved = z.object({
  fusion: z.discriminatedUnion('by', [
    z.object({ by: z.literal('tree'), tree: Tree }),
    z.object({ by: z.literal('linear'), weight: z.number().min(0).max(1) }),
  ]),
});

/** Saves a fusion and the comparison by which it was chosen. */
export const saveFusion = (
  path: string,
  saved: { fusion: Fusion; comparison: Comparison; texts: number },
): Promise<void> => writeJson(path, saved);

/** @throws InputError if the file was not written by `saveFusion`. */
export const loadFusion = (path: string): Fusion => checkJson(path, Saved, readJson(path)).fusion;
