/**
 * NGAME (Dahiya et al., WSDM 2023): a Siamese text encoder whose negatives come from clusters of its own embeddings
 * (Module I), then a classifier for each label on top of the frozen encoder (Module II), and a ranker that fuses both.
 * Numbers are the published ones, unless a comment says otherwise.
 */
import { runIfMain } from '../src/command/command.js';
import { curriculumFor } from '../src/sample/curriculum.js';
import type { DataFiles } from '../src/stages/data-files.js';
import { finishEncoder, type TrainedEncoder } from '../src/stages/finish-encoder.js';
import { EncoderOptions, initialModel, traitsOf } from '../src/stages/initial-model.js';
import { offerSources } from '../src/stages/offer-sources.js';
import {
  ClassifierOptions,
  PublishedOptions,
  ResourceOptions,
  TrainingOptions,
} from '../src/stages/options.js';
import { system, type GroupValues, type Steps } from '../src/stages/system.js';
import { systemCommand } from '../src/stages/system-command.js';
import { tokenizeTexts } from '../src/stages/tokenize-texts.js';
import { trainEncoder } from '../src/stages/train-encoder.js';

/** Module I: the hardest negatives of a mini-batch, weighted by the softmax of their scores at a temperature. */
const LOSS = { kind: 'ohnm-triplet', negatives: 10, margin: 0.3, temperature: 0.1 } as const;
/** Peak learning rates; the bag's was chosen on a split of WordNet's training texts. */
const RATES = { bag: 4e-3, transformer: 2e-4 };
const OPTIMISER = { warmup: 100, decay: 0.01 };
/** Module II: the hardest positives and negatives of a text. Published: 500 of 14,395 steps warm up. */
export const CLASSIFIER = {
  loss: { positives: 3, negatives: 5, margin: 0.2 },
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

async function moduleOne(
  steps: Steps,
  { data, rows, heldBack }: { data: DataFiles; rows: string; heldBack: boolean },
  { sources: { seed }, encoder, training, resources }: Options,
): Promise<TrainedEncoder> {
  const { threads } = resources;
  const traits = traitsOf(encoder, resources);
  const initial = await steps.do(initialModel({ ...encoder, seed }), {});
  const tokens = await steps.do(tokenizeTexts({ ...encoder, ...resources }), { data, ...initial });
  const stage = trainEncoder({
    loss: LOSS,
    optimiser: { ...OPTIMISER, rate: training.lr ?? RATES[traits.kind] },
    sampler: { ...training, curriculum: curriculumFor(training.epochs), heldBack },
    ...{ traits, resources, final: training.final, seed },
  });
  const { model } = await steps.do(stage, { data, rows, ...tokens, ...initial });
  return finishEncoder(steps, { data, model, tokens }, { traits, threads });
}

export const ngameCommand = systemCommand(ngame);
await runIfMain(import.meta.url, ngameCommand);
