/** Adds a classifier for each label to a run, on top of its encoder (Module II of NGAME and DEXA). */
import type { CandidateLoss } from '../model/losses/candidate-loss.js';
import { classifierCurriculum } from '../sample/curriculum.js';
import { CLASSIFIER } from '../sources/published.js';
import { defaultClassifierBatch } from './defaults.js';
import type { HeldBack } from './hold-back.js';
import type { EncoderTraits } from './initial-model.js';
import type { ClassifierOptions, ResourceOptions } from './options.js';
import { batchOf } from './sampling.js';
import type { Steps } from './system.js';
import { trainClassifiers } from './train-classifiers.js';

/** The losses by the values of the option, the share of warm-up steps, and the dropout rate on the text embeddings. */
export interface ClassifierTraining {
  losses: Readonly<Record<ClassifierOptions['classifierLoss'], CandidateLoss>>;
  warmupShare: number;
  dropout: number;
}

export interface OfferClassifierOptions {
  training: ClassifierTraining;
  classifiers: ClassifierOptions;
  traits: EncoderTraits;
  resources: ResourceOptions;
  /** Number of texts to train on. */
  texts: number;
  heldBack: HeldBack;
  seed: number;
}

/** `rows` are the texts to train on; `embeddings` and `positives` are as `embedTexts` leaves them. */
export async function offerClassifier(
  steps: Steps,
  inputs: Readonly<Record<'rows' | 'labelEmbeddings' | 'embeddings' | 'positives', string>>,
  { training, classifiers: options, traits, resources, texts, heldBack, seed }: OfferClassifierOptions,
): Promise<{ classifiers: string }> {
  const { classifierEpochs: epochs, classifierLr: rate, classifierLoss } = options;
  const batch = batchOf(options.classifierBatch ?? defaultClassifierBatch(texts), texts);
  const { losses, warmupShare, dropout } = training;
  const stage = trainClassifiers({
    ...{ loss: losses[classifierLoss], dropout, optimiser: { rate, warmupShare } },
    sampler: { epochs, batch, curriculum: classifierCurriculum(epochs), heldBack },
    ...{ traits, resources, memory: options.classifierMemory, seed },
  });
  const outputs = await steps.do(stage, inputs);
  await steps.offer({ source: CLASSIFIER });
  return outputs;
}
