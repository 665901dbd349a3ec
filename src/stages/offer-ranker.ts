/** Ranks what several sources find by boosted trees. */
import { BOOSTED } from '../sources/published.js';
import type { SourceSpec } from '../sources/spec.js';
import type { DataFiles } from './data-files.js';
import { fitRanker } from './fit-ranker.js';
import { propensities } from './propensities.js';
import type { Paths } from './stage.js';
import type { Steps } from './system.js';

export interface RankerInputs {
  data: DataFiles;
  /** Rows of the texts to fit to. */
  held: string;
  /** Outputs that the sources were built from. */
  built: Paths;
}

/** `sources` were not trained on the held-back texts, or leave each text itself out. */
export async function offerRanker(
  steps: Steps,
  { data, held, built }: RankerInputs,
  options: { sources: readonly SourceSpec[]; seed: number; threads: number },
): Promise<void> {
  const { frequency } = data;
  const weights = await steps.do(propensities(), { data, frequency });
  await steps.do(fitRanker(options), { ...built, data, held, frequency, ...weights });
  await steps.offer({ ranker: BOOSTED });
}
