/** Fuses the encoder's and the classifiers' labels as published in NGAME. */
import { CLASSIFIER, ENCODER, FUSION } from '../sources/published.js';
import type { DataFiles } from './data-files.js';
import { fitFusion } from './fit-fusion.js';
import { propensities } from './propensities.js';
import type { Steps } from './system.js';

/** `held` are the rows of the texts to fit to; `embeddings` and `positives` are as `embedTexts` leaves them. */
export type FusionInputs = { data: DataFiles } & Readonly<
  Record<'held' | 'embeddings' | 'positives' | 'labelEmbeddings' | 'classifiers', string>
>;

export async function offerFusion(
  steps: Steps,
  { data, ...inputs }: FusionInputs,
  { threads }: { threads: number },
): Promise<void> {
  const weights = await steps.do(propensities(), { data, frequency: data.frequency });
  await steps.do(fitFusion({ sources: [ENCODER, CLASSIFIER], threads }), { data, ...inputs, ...weights });
  await steps.offer({ ranker: FUSION });
}
