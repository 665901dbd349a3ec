/** The sources and the ranker of a run as its manifest holds them. */
import * as z from 'zod';
import { RankerSpec } from '../ranker/ranker.js';

/** Stands for the ranker's answer where a source is asked for by name. */
export const FUSED = 'fused';

/** Names that a source must not have: fields of batches. */
const TAKEN = [FUSED, 'found', 'columns', 'tokens', 'embeddings', 'excluded', 'start', 'rows'];

const SourceSpec = z.object({
  name: z
    .string()
    .regex(/^[a-z][a-z0-9-]*$/)
    .refine((name) => !TAKEN.includes(name), 'name taken'),
  /** A key of `KINDS`. */
  kind: z.string(),
  /** Paths by their use in the source, relative to the run. */
  files: z.record(z.string(), z.string()),
  /** What its scores are. */
  scale: z.enum(['cosine', 'logit', 'log-probability']),
});
export type SourceSpec = Readonly<z.infer<typeof SourceSpec>>;

/** Fields of `manifest.json`; without sources the run is not finished. The first source answers where there is no ranker. */
export const RunSources = z.object({
  sources: z.array(SourceSpec).default([]),
  ranker: RankerSpec.optional(),
});
export type RunSources = z.infer<typeof RunSources>;
