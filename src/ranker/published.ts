/** The fusion of NGAME and DEXA as a ranker of label embeddings and classifiers; the labels' propensities are on disk. */
import * as z from 'zod';
import { checkJson } from '../files/read-json.js';
import { Matrix } from '../formats/npy.js';
import { loadFusion } from './file.js';
import { fuse, type TwoRankings } from './fuse.js';
import type { Ranker, RankerSpec } from './ranker.js';

/** Labels of each source that are fused, unless more are requested. */
export const CANDIDATES = 100;

const Files = z.object({
  /** As written by `saveFusion`. */
  fusion: z.string(),
  /** float32 `.npy`, 1 / p of each label. */
  inversePropensity: z.string(),
});

/** @throws InputError if the name of a file is missing. */
export function published(spec: RankerSpec): Ranker {
  const { files } = checkJson('ranker', z.object({ files: Files }), spec);
  return {
    sources: ['encoder', 'classifier'],
    candidates: CANDIDATES,
    open: () => {
      const fusion = loadFusion(files.fusion);
      const weights = Matrix.open(files.inversePropensity, 'float32');
      return {
        rank: ({ encoder, classifier }, k) => {
          const rankings: TwoRankings = { encoder: encoder!, classifier: classifier! };
          const labels = rankings.classifier.ids.filter((id) => id >= 0);
          const values = weights.gather(labels);
          const weightOf = new Map(Array.from(labels, (label, i) => [label, values[i]!] as const));
          return fuse(fusion, rankings, { k, inversePropensity: (label) => weightOf.get(label)! });
        },
        [Symbol.dispose]: () => {
          weights[Symbol.dispose]();
        },
      };
    },
  };
}
