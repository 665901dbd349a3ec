/** Builds the sources that search with the embeddings of a trained encoder. */
import { CLASSIFIER, ENCODER, NEIGHBOURS } from '../sources/published.js';
import { embedTexts } from './embed-texts.js';
import { encoderBefore, type TrainedEncoder } from './finish-encoder.js';
import { offerClassifier, type ClassifierTraining } from './offer-classifier.js';
import { offerFusion } from './offer-fusion.js';
import { copied, type Offered, type OfferOptions, type Texts, type TrainingTexts } from './offered.js';
import { visitedOf } from './sampling.js';
import type { Steps } from './system.js';

/** What differs between systems. */
export interface Modules {
  /** Module I: trains the encoder of texts and labels on the texts `rows`. */
  trainEncoder: (texts: TrainingTexts) => Promise<TrainedEncoder>;
  /** Numbers of Module II. */
  classifier: ClassifierTraining;
}

export async function offerEmbedded(
  steps: Steps,
  { data, rows, held, heldBack, positives }: Texts,
  { sources, classifiers, resources }: OfferOptions,
  { trainEncoder, classifier: training }: Modules,
): Promise<Offered> {
  const asked = [ENCODER, NEIGHBOURS, CLASSIFIER].filter(({ name }) => sources.sources.includes(name));
  if (asked.length === 0) return { sources: [], built: {} };
  const { threads } = resources;
  const before = heldBack ? encoderBefore(steps, resources) : undefined;
  const { model, labelEmbeddings, traits } = before ?? (await trainEncoder({ data, rows, heldBack }));
  const encoder = { model, labelEmbeddings };
  if (asked.includes(ENCODER)) await steps.offer({ source: ENCODER });
  if (asked.length === 1 && asked[0] === ENCODER) return { sources: asked, built: encoder };

  const keep = asked.includes(NEIGHBOURS);
  const { embeddings } = await steps.do(embedTexts({ traits, keep, threads }), { data, model });
  if (keep) await steps.offer({ source: NEIGHBOURS });
  const labels = { positives: copied(positives) };
  const built = { ...encoder, embeddings, ...labels };
  if (!asked.includes(CLASSIFIER)) return { sources: asked, built };

  const inputs = { rows, labelEmbeddings, embeddings, ...labels };
  const { seed } = sources;
  const own = await offerClassifier(steps, inputs, {
    training,
    classifiers,
    traits,
    resources,
    texts: visitedOf(data.size.labelled, { heldBack }),
    heldBack,
    seed,
  });
  if (heldBack === 'published') await offerFusion(steps, { data, held, ...inputs, ...own }, { threads });
  return { sources: asked, built: { ...built, ...own } };
}
