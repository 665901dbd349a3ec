/** Builds the sources that were asked for, and the ranker of what they find: the part that systems share. */
import { ENCODER, NEIGHBOURS } from '../sources/published.js';
import { copyLabelTexts } from './copy-label-texts.js';
import type { DataFiles } from './data-files.js';
import { embedTexts } from './embed-texts.js';
import { encoderBefore, type TrainedEncoder } from './finish-encoder.js';
import { holdBackTexts } from './hold-back.js';
import { offerClassifier, type ClassifierTraining } from './offer-classifier.js';
import { offerFusion } from './offer-fusion.js';
import { checkFusion, type ClassifierOptions, type ResourceOptions, type SourceOptions } from './options.js';
import type { Steps } from './system.js';

export interface OfferOptions {
  sources: SourceOptions;
  classifiers: ClassifierOptions;
  resources: ResourceOptions;
}

/** What differs between systems. */
export interface Modules {
  /** Module I: trains the encoder of texts and labels on the texts `rows`, all that have labels or all but those held back. */
  trainEncoder: (texts: { data: DataFiles; rows: string; heldBack: boolean }) => Promise<TrainedEncoder>;
  /** Numbers of Module II. */
  classifier: ClassifierTraining;
}

/** Several sources are ranked: texts are held back from their training, and the ranker is fitted to these. */
export async function offerSources(
  steps: Steps,
  data: DataFiles,
  options: OfferOptions,
  { trainEncoder, classifier: training }: Modules,
): Promise<void> {
  const { sources, classifiers, resources } = options;
  const { threads } = resources;
  const { seed } = sources;
  checkFusion(sources);
  const has = (name: (typeof sources.sources)[number]): boolean => sources.sources.includes(name);

  await steps.do(copyLabelTexts(), { data });
  const heldBack = sources.sources.length > 1;
  const { rows, held } = heldBack
    ? await steps.do(holdBackTexts({ seed }), { data, labelled: data.labelled })
    : { rows: data.labelled, held: data.labelled };

  if (has('encoder') || has('classifier') || has('neighbours')) {
    const before = heldBack ? encoderBefore(steps, resources) : undefined;
    const { model, labelEmbeddings, traits } = before ?? (await trainEncoder({ data, rows, heldBack }));
    if (has('encoder')) await steps.offer({ source: ENCODER });
    if (has('classifier') || has('neighbours')) {
      const texts = await steps.do(embedTexts({ traits, keep: has('neighbours'), threads }), { data, model });
      if (has('neighbours')) await steps.offer({ source: NEIGHBOURS });
      if (has('classifier')) {
        const inputs = { rows, labelEmbeddings, ...texts };
        const own = await offerClassifier(steps, inputs, { training, classifiers, traits, resources, seed });
        if (sources.fuse === 'published')
          await offerFusion(steps, { data, held, labelEmbeddings, ...own, ...texts }, { threads });
      }
    }
  }
}
