/** Sources and ranker as they stand in a run's manifest. */
import { basename } from 'node:path';
import * as z from 'zod';

const files = z.record(z.string(), z.string());

export const SourceSpec = z.object({
  name: z.string(),
  kind: z.string(),
  files,
  scale: z.enum(['cosine', 'logit', 'log-probability']),
});
export type SourceSpec = z.infer<typeof SourceSpec>;

export const RankerSpec = z.object({ kind: z.string(), files });
export type RankerSpec = z.infer<typeof RankerSpec>;

export const RunSources = z.object({ sources: z.array(SourceSpec), ranker: RankerSpec.optional() });

/** Label vectors that are searched with a text's embedding by the run's model. */
export const vectorSource = (name: string, vectors: string): SourceSpec => ({
  name,
  kind: 'vectors',
  files: { vectors: basename(vectors) },
  scale: 'cosine',
});

export const publishedRanker = (
  files: Readonly<Record<'fusion' | 'inversePropensity', string>>,
): RankerSpec => ({
  kind: 'published',
  files: Object.fromEntries(Object.entries(files).map(([name, path]) => [name, basename(path)])),
});
