/** Boosted trees as a ranker of all of a run's sources; scores are probabilities. */
import * as z from 'zod';
import { checkJson } from '../files/read-json.js';
import { loadBoosted } from './boosted-file.js';
import { rankBoosted } from './boosted-model.js';
import { readFrequencies } from './frequencies.js';
import type { Ranker, RankerSpec } from './ranker.js';

const Files = z.object({
  /** As written by `saveBoosted`. */
  model: z.string(),
  /** int32 `.npy`, training texts of each label; one byte of memory each. */
  frequency: z.string(),
});

/** @throws InputError if the name of a file is missing, or the model is missing or invalid. */
export function boosted(spec: RankerSpec): Ranker {
  const { files } = checkJson('ranker', z.object({ files: Files }), spec);
  const model = loadBoosted(files.model);
  return {
    sources: model.sources.map(({ name }) => name),
    candidates: model.most,
    probabilities: true,
    open: () => {
      const frequency = readFrequencies(files.frequency);
      return {
        rank: (found, k) => rankBoosted(model, found, { k, frequency }),
        [Symbol.dispose]: () => undefined,
      };
    },
  };
}
