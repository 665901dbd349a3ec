/** The sources and the ranker of a run as its manifest holds them. */
import { join } from 'node:path';
import * as z from 'zod';

/** Files by their part in the source or ranker, relative to the run. */
const Files = z.record(z.string(), z.string());

/** Names that a batch or the command line uses for something else. */
const TAKEN = ['fused', 'found', 'columns', 'tokens', 'embeddings', 'excluded', 'start', 'rows'];

const SourceSpec = z.object({
  name: z
    .string()
    .regex(/^[a-z][a-z0-9-]*$/)
    .refine((name) => !TAKEN.includes(name), 'name taken'),
  /** A key of `KINDS`. */
  kind: z.string(),
  files: Files,
  /** What its scores are. */
  scale: z.enum(['cosine', 'logit', 'log-probability']),
});
export type SourceSpec = Readonly<z.infer<typeof SourceSpec>>;

const RankerSpec = z.object({
  /** A key of `RANKERS`. */
  kind: z.string(),
  files: Files,
});
export type RankerSpec = Readonly<z.infer<typeof RankerSpec>>;

/** Fields of `manifest.json`; without sources the run is not finished. The first source answers where there is no ranker. */
export const RunSources = z.object({
  sources: z.array(SourceSpec).default([]),
  ranker: RankerSpec.optional(),
});
export type RunSources = z.infer<typeof RunSources>;

/** With the paths of its files, which stand in the spec relative to the run. */
export const within = <Spec extends { files: Readonly<Record<string, string>> }>(
  folder: string,
  spec: Spec,
) => ({
  ...spec,
  files: Object.fromEntries(Object.entries(spec.files).map(([part, file]) => [part, join(folder, file)])),
});
