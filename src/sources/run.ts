/** A finished run, which finds labels for texts. */
import { join } from 'node:path';
import * as z from 'zod';
import { isThere } from '../files/is-there.js';
import { InputError } from '../errors.js';
import { checkAtOpening, FileRecords } from '../files/file-record.js';
import { checkSeal } from '../files/seal.js';
import { checkJson, readJson } from '../files/read-json.js';
import { rankerOf } from '../ranker/kinds.js';
import type { Ranker } from '../ranker/ranker.js';
import { sourcesIn } from './published.js';
import { sourceOf } from './kinds.js';
import type { Indexable, LabelSource } from './source.js';
import { RunSources } from './spec.js';
import { isVectors, type VectorsSource } from './vectors.js';

/** The part of a manifest that says what was written. */
const Written = z.object({
  stages: z.record(z.string(), z.object({ outputs: FileRecords.optional() })).default({}),
});

export interface TrainedRun {
  readonly folder: string;
  /** Base name of the labels' texts. */
  readonly texts: string;
  /** Base name of the labels' ids, if their maker gave some. */
  readonly ids?: string;
  /** At least one; the first answers if there is no ranker. */
  readonly sources: readonly LabelSource[];
  readonly ranker?: Ranker;
}

/** @throws InputError if the folder is not a finished run. */
export function openRun(folder: string): TrainedRun {
  const [manifest, ids] = [join(folder, 'manifest.json'), join(folder, 'label-ids')];
  const { sources, ranker } = isThere(manifest) ? readSources(folder, manifest) : sourcesIn(folder);
  if (sources.length === 0)
    throw new InputError(`${manifest}: names no source; ${folder} is not a finished run`);
  return {
    folder,
    texts: join(folder, 'label-texts'),
    ...(isThere(`${ids}.offsets.npy`) && { ids }),
    sources: sources.map((spec) => sourceOf(folder, spec)),
    ...(ranker && { ranker: rankerOf(folder, ranker) }),
  };
}

/** @throws InputError if the manifest or a file that it names is damaged. */
function readSources(folder: string, manifest: string): RunSources {
  const json = readJson(manifest);
  checkSeal(manifest, json);
  for (const { outputs } of Object.values(checkJson(manifest, Written, json).stages))
    checkAtOpening(folder, outputs ?? {});
  return checkJson(manifest, RunSources, json);
}

/** The sources of a run that have label vectors. @throws InputError if there is none. */
export function vectorsOf({ folder, sources }: TrainedRun): [VectorsSource, ...VectorsSource[]] {
  const [first, ...others] = sources.filter(isVectors);
  if (first) return [first, ...others];
  throw new InputError(`${folder}: has no label vectors; its sources: ${namesOf(sources)}`);
}

/** What can be indexed in a run. @throws InputError if there is nothing. */
export function indexablesOf({ folder, sources }: TrainedRun): Indexable[] {
  const found = sources.flatMap(({ indexable }) => indexable ?? []);
  if (found.length > 0) return found;
  throw new InputError(`${folder}: has no vectors to index; its sources: ${namesOf(sources)}`);
}

const namesOf = (sources: readonly LabelSource[]): string => sources.map(({ name }) => name).join(', ');
