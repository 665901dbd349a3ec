/** The boosted model of a run on disk. */
import * as z from 'zod';
import { InputError } from '../errors.js';
import { checkJson, readJson } from '../files/read-json.js';
import { writeJson } from '../files/write-json.js';
import type { Forest } from './boost/forest.js';
import type { BoostedModel } from './boosted-model.js';
import { featureCount } from './candidates.js';
import type { BoostedComparison } from './fit-boosted.js';

const numbers = z.array(z.number());
const nodes = z.array(z.int().min(-1));
const Saved = z.object({
  sources: z.array(z.object({ name: z.string(), byDifference: z.boolean() })).min(1),
  most: z.int().min(1).max(1000),
  curve: z.object({ low: z.number().positive(), high: z.number().positive(), shift: z.number() }),
  forest: z.object({
    ...{ roots: nodes, feature: nodes, threshold: numbers },
    ...{ below: nodes, above: nodes, missing: nodes },
  }),
});

/** Saves a model, and the comparison of what it was fitted to. */
export const saveBoosted = (
  path: string,
  { forest, ...model }: BoostedModel,
  comparison: BoostedComparison,
): Promise<void> => {
  const arrays = Object.entries(forest).map(([key, values]) => [key, [...(values as Int32Array)]] as const);
  return writeJson(path, { ...model, comparison, forest: Object.fromEntries(arrays) });
};

/** @throws InputError if the file was not written by `saveBoosted`. */
export function loadBoosted(path: string): BoostedModel {
  const { forest: saved, ...model } = checkJson(path, Saved, readJson(path));
  const forest: Forest = {
    roots: Int32Array.from(saved.roots),
    feature: Int16Array.from(saved.feature),
    threshold: Float32Array.from(saved.threshold),
    below: Int32Array.from(saved.below),
    above: Int32Array.from(saved.above),
    missing: Int32Array.from(saved.missing),
  };
  checkForest(path, forest, featureCount(model.sources.length));
  return { ...model, forest };
}

/** Children come after their node and belong to it alone, so that every row arrives at a leaf. */
function checkForest(path: string, forest: Forest, features: number): void {
  const { roots, feature, threshold, below, above, missing } = forest;
  const nodes = feature.length;
  if ([threshold, below, above, missing].some(({ length }) => length !== nodes))
    throw new InputError(`${path}: forest: expected ${nodes} values in each list of its nodes`);
  const taken = new Set<number>();
  const isFree = (node: number): boolean =>
    node >= 0 && node < nodes && !taken.has(node) && !!taken.add(node);
  const lost = roots.find((root) => !isFree(root));
  if (lost !== undefined) throw new InputError(`${path}: forest: root ${lost} of ${nodes} nodes`);
  for (let node = 0; node < nodes; node++) {
    if (feature[node]! < 0) continue;
    const children = [below[node]!, above[node]!];
    const isTree =
      children.every((child) => child > node && isFree(child)) && children.includes(missing[node]!);
    if (feature[node]! < features && isTree) continue;
    throw new InputError(
      `${path}: forest: node ${node} of ${nodes}: feature ${feature[node]} of ${features}, ` +
        `children ${children.join(', ')}, missing ${missing[node]}`,
    );
  }
}
