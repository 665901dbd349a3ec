/** What sources need of a trained encoder: the embeddings of all labels. */
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

export async function finishEncoder(
  steps: Steps,
  { data, model, tokens, rowOfLabel }: ToOffer,
  { traits, threads }: { traits: EncoderTraits; threads: number },
): Promise<TrainedEncoder> {
  const stage = embedLabels({ by: 'trained model', traits, threads });
  const { embeddings } = await steps.do(stage, { data, model, labels: tokens.labels, rowOfLabel });
  await steps.remove(tokens);
  return { model, labelEmbeddings: embeddings, traits };
}

/** The encoder that a run has from an earlier training on all texts, if it has one: sources can be added to it. */
export function encoderBefore(
  steps: Steps,
  { embeddings: precision }: { embeddings: 'f32' | 'f16' },
): TrainedEncoder | undefined {
  if (steps.result(trainedEncoder.name)?.['heldBack'] !== false) return undefined;
  const { model } = steps.expect(trainedEncoder);
  const { embeddings } = steps.expect(labelEmbeddings);
  steps.note(
    'warning: the ranker will be fitted to texts that the encoder was trained on, so it will trust the encoder too much',
  );
  return {
    model,
    labelEmbeddings: embeddings,
    traits: traitsOf({ encoder: model }, { embeddings: precision }),
  };
}
