/**
 * NGAME (Dahiya et al., WSDM 2023): a Siamese text encoder whose negatives come from clusters of its own embeddings
 * (Module I), then a classifier for each label on top of the frozen encoder (Module II), and a ranker that fuses both.
 * Numbers are the published ones, unless a comment says otherwise.
 */
import { runIfMain } from '../src/command/command.js';
import { curriculumFor } from '../src/sample/curriculum.js';
import type { DataFiles } from '../src/stages/data-files.js';
import { finishEncoder, type TrainedEncoder } from '../src/stages/finish-encoder.js';
import { defaultBatch, defaultEpochs } from '../src/stages/defaults.js';
import type { HeldBack } from '../src/stages/hold-back.js';
import { EncoderOptions, initialModel, traitsOf, type EncoderTraits } from '../src/stages/initial-model.js';
import { offerSources } from '../src/stages/offer-sources.js';
import {
  ClassifierOptions,
  PublishedOptions,
  ResourceOptions,
  TrainingOptions,
} from '../src/stages/options.js';
import type { TrainingTexts } from '../src/stages/offered.js';
import { batchOf, stepsOf, visitedOf } from '../src/stages/sampling.js';
import { system, type GroupValues, type Steps } from '../src/stages/system.js';
import { systemCommand } from '../src/stages/system-command.js';
import { tokenizeTexts } from '../src/stages/tokenize-texts.js';
import { trainEncoder, type TrainEncoderOptions } from '../src/stages/train-encoder.js';

/**
 * Module I. The published loss looks at the hardest negatives of a mini-batch, weighted by the softmax of their scores at a
 * temperature; where all cosines are alike it has no gradient that drives them apart, so it is not the default.
 */
const LOSSES = {
  triplet: { kind: 'ohnm-triplet', negatives: 10, margin: 0.3, temperature: 0.1 },
  softmax: { kind: 'softmax', temperature: 0.07 },
} as const;
/** Peak learning rates; the bag's were chosen on splits of training texts. */
const RATES = { bag: 4e-3, transformer: 2e-4 };
const DECAY = 0.01;
const WARMUP = 100;
/** With cross entropy, at most this share of the steps. */
const WARMUP_MOST = 0.1;
/** With the triplet loss. */
const EPOCHS = 10;
const BATCH = 1024;
/** Module II. The published loss looks at the hardest positives and negatives of a text; 500 of 14,395 steps warm up. */
export const CLASSIFIER = {
  losses: {
    triplet: { kind: 'ohnm-multi', positives: 3, negatives: 5, margin: 0.2 },
    softmax: { kind: 'softmax', temperature: 0.07 },
  },
  warmupShare: 500 / 14_395,
  dropout: 0.5,
} as const;

const groups = {
  sources: PublishedOptions,
  encoder: EncoderOptions,
  training: TrainingOptions,
  classifiers: ClassifierOptions,
  resources: ResourceOptions,
};
type Options = GroupValues<typeof groups>;

export const ngame = system({
  name: 'ngame',
  summary: 'Train NGAME: an encoder, classifiers for the labels, or both',
  paper: 'https://doi.org/10.1145/3539597.3570392',
  options: groups,
  build: (steps, data, options) =>
    offerSources(steps, data, options, {
      trainEncoder: (texts) => moduleOne(steps, texts, options),
      classifier: CLASSIFIER,
    }),
});

/** Loss, optimiser and sampling of Module I; what is not given is chosen by the number of texts. */
export function trainingOf(
  { loss, lr, final, steps, ...asked }: Options['training'],
  { data, traits, heldBack }: { data: DataFiles; traits: EncoderTraits; heldBack: HeldBack },
): Pick<TrainEncoderOptions, 'loss' | 'optimiser' | 'sampler' | 'final'> {
  const texts = visitedOf(data.size.labelled, { heldBack });
  const published = loss === 'triplet';
  const { epochs = published ? EPOCHS : defaultEpochs(texts) } = asked;
  const batch = batchOf(asked.batch ?? (published ? BATCH : defaultBatch(texts)), texts);
  const sampler = { epochs, steps, batch, curriculum: curriculumFor(epochs), heldBack };
  const most = published ? WARMUP : Math.round(WARMUP_MOST * stepsOf(texts, sampler));
  const optimiser = { rate: lr ?? RATES[traits.kind], warmup: Math.min(WARMUP, most), decay: DECAY };
  return { loss: LOSSES[loss], optimiser, sampler, final };
}

async function moduleOne(
  steps: Steps,
  { data, rows, heldBack }: TrainingTexts,
  { sources: { seed }, encoder, training, resources }: Options,
): Promise<TrainedEncoder> {
  const { threads } = resources;
  const traits = traitsOf(encoder, resources);
  const initial = await steps.do(initialModel({ ...encoder, seed }), {});
  const tokens = await steps.do(tokenizeTexts({ ...encoder, ...resources }), { data, ...initial });
  const chosen = trainingOf(training, { data, traits, heldBack });
  const stage = trainEncoder({ ...chosen, traits, resources, seed });
  const { model } = await steps.do(stage, { data, rows, ...tokens, ...initial });
  return finishEncoder(steps, { data, model, tokens }, { traits, threads });
}

export const ngameCommand = systemCommand(ngame);
await runIfMain(import.meta.url, ngameCommand);
