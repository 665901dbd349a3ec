/** Makes a trained encoder the first source of a run: embeds the labels and copies their texts. */
import { ENCODER } from '../sources/published.js';
import { copyLabelTexts } from './copy-label-texts.js';
import type { DataFiles } from './data-files.js';
import { embedLabels, labelEmbeddings } from './embed-labels.js';
import { traitsOf, type EncoderTraits } from './initial-model.js';
import type { TokenFiles } from './prepare-store.js';
import type { Steps } from './system.js';
import { trainedEncoder } from './train-encoder.js';

export interface TrainedEncoder {
  model: string;
  /** `.npy` float32 `[labels, dim]`. */
  labelEmbeddings: string;
  traits: EncoderTraits;
}

/** What labels are embedded from. No later stage reads the tokens; `rowOfLabel` is given if there are auxiliary vectors. */
export interface ToOffer {
  data: DataFiles;
  model: string;
  tokens: TokenFiles;
  rowOfLabel?: string | undefined;
}

export async function offerEncoder(
  steps: Steps,
  { data, model, tokens, rowOfLabel }: ToOffer,
  { traits, threads }: { traits: EncoderTraits; threads: number },
): Promise<TrainedEncoder> {
  const stage = embedLabels({ by: 'trained model', traits, threads });
  const { embeddings } = await steps.do(stage, { data, model, labels: tokens.labels, rowOfLabel });
  await steps.do(copyLabelTexts(), { data });
  await steps.remove(tokens);
  await steps.offer({ source: ENCODER });
  return { model, labelEmbeddings: embeddings, traits };
}

/** The encoder of an earlier training, to which classifiers are added. @throws InputError if there is none. */
export function encoderOf(
  steps: Steps,
  { seed, embeddings: precision }: { seed: number; embeddings: 'f32' | 'f16' },
): TrainedEncoder {
  const { model } = steps.expect(trainedEncoder);
  const { embeddings } = steps.expect(labelEmbeddings);
  if (steps.result(trainedEncoder.name)?.['heldBackBy'] !== seed)
    steps.note(
      'warning: fusion will be fitted on texts the encoder was trained on, so encoder scores will be weighted too highly',
    );
  return {
    model,
    labelEmbeddings: embeddings,
    traits: traitsOf({ encoder: model }, { embeddings: precision }),
  };
}
