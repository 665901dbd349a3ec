/** A tree over labels on disk: its shape in `<base>.json`, and the label at each position in `<base>.order.npy` (int32). */
import * as z from 'zod';
import { InputError } from '../errors.js';
import { checkJson, readJson } from '../files/read-json.js';
import { writeJson } from '../files/write-json.js';
import { readColumn, writeColumn } from '../formats/npy.js';
import { clustersOf, MOST_CHILDREN, type TreeShape } from './shape.js';

const paths = (base: string) => ({ shape: `${base}.json`, order: `${base}.order.npy` });

const isPowerOfTwo = (n: number): boolean => Number.isInteger(Math.log2(n));
const Shape = z.object({
  labels: z.int().min(0),
  fanouts: z.array(z.int().min(2).max(MOST_CHILDREN).refine(isPowerOfTwo, 'expected a power of two')).max(31),
});

export interface LabelTree {
  shape: TreeShape;
  /** The label at each position, 4 bytes per label. */
  order: Int32Array;
}

export async function writeTree(base: string, { shape, order }: LabelTree): Promise<void> {
  writeColumn(paths(base).order, [order]);
  await writeJson(paths(base).shape, shape);
}

/** @throws InputError if a file is missing or invalid. */
export function readTree(base: string): LabelTree {
  const path = paths(base).shape;
  const shape = checkJson(path, Shape, readJson(path));
  const clusters = clustersOf(shape);
  if (shape.labels < clusters && clusters > 1)
    throw new InputError(`${path}: expected at least ${clusters} labels, got ${shape.labels}`);
  if (shape.labels > MOST_CHILDREN * clusters)
    throw new InputError(`${path}: expected at most ${MOST_CHILDREN * clusters} labels, got ${shape.labels}`);
  const order = readColumn(paths(base).order);
  if (order.length !== shape.labels)
    throw new InputError(`${paths(base).order}: expected ${shape.labels} labels, got ${order.length}`);
  return { shape, order };
}
