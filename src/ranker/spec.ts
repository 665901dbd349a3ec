import * as z from 'zod';

/** A ranker in a run's manifest. */
export const RankerSpec = z.object({
  /** A key of the table in `kinds.ts`. */
  kind: z.string(),
  /** Paths by their use in the ranker, relative to the run. */
  files: z.record(z.string(), z.string()),
});
export type RankerSpec = Readonly<z.infer<typeof RankerSpec>>;
