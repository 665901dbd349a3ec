/** The sources and the ranker of a run, as recorded in its manifest. */
import * as z from 'zod';
import { RankerSpec } from '../ranker/ranker.js';

/** Used in place of a source's name for the ranker's answer. */
export const FUSED = 'fused';

/** Names that a source must not have: they are fields of batches. */
const TAKEN = [
  FUSED,
  'found',
  'nearest',
  'columns',
  'tokens',
  'embeddings',
  'features',
  'excluded',
  'own',
  'start',
  'rows',
];

const SourceSpec = z.object({
  name: z
    .string()
    .regex(/^[a-z][a-z0-9-]*$/)
    .refine((name) => !TAKEN.includes(name), 'name taken'),
  /** A key of `KINDS`. */
  kind: z.string(),
  /** Paths relative to the run, by their use in the source. */
  files: z.record(z.string(), z.string()),
  /** Scale of its scores. */
  scale: z.enum(['cosine', 'share', 'logit', 'log-probability']),
});
export type SourceSpec = Readonly<z.infer<typeof SourceSpec>>;

/** Fields of `manifest.json`; without sources the run is not finished. The first source answers if there is no ranker. */
export const RunSources = z.object({
  sources: z.array(SourceSpec).default([]),
  ranker: RankerSpec.optional(),
});
export type RunSources = z.infer<typeof RunSources>;
