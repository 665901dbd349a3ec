/**
 * NGAME (Dahiya et al., WSDM 2023): a Siamese text encoder whose negatives come from clusters of its own embeddings
 * (Module I), then a classifier for each label on top of the frozen encoder (Module II), and a ranker that fuses both.
 * Numbers are the published ones, unless a comment says otherwise.
 */
import { runIfMain } from '../src/command/command.js';
import { classifierCurriculum, curriculumFor } from '../src/sample/curriculum.js';
import { CLASSIFIER, ENCODER, FUSION } from '../src/sources/published.js';
import type { DataFiles } from '../src/stages/data-files.js';
import { embedTexts } from '../src/stages/embed-texts.js';
import { fitFusion } from '../src/stages/fit-fusion.js';
import { holdBackTexts } from '../src/stages/hold-back.js';
import { defaultBatch, defaultEpochs } from '../src/stages/defaults.js';
import { EncoderOptions, initialModel, traitsOf, type EncoderTraits } from '../src/stages/initial-model.js';
import { encoderOf, offerEncoder, type TrainedEncoder } from '../src/stages/offer-encoder.js';
import { ClassifierOptions, ModuleOptions, ResourceOptions, TrainingOptions } from '../src/stages/options.js';
import { propensities } from '../src/stages/propensities.js';
import { stepsOf, visitedOf } from '../src/stages/sampling.js';
import { system, type GroupValues, type Steps } from '../src/stages/system.js';
import { systemCommand } from '../src/stages/system-command.js';
import { tokenizeTexts } from '../src/stages/tokenize-texts.js';
import { trainClassifiers } from '../src/stages/train-classifiers.js';
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
/** Module II: the hardest positives and negatives of a text. Published: 500 of 14,395 steps warm up. */
const CLASSIFIER_LOSS = { positives: 3, negatives: 5, margin: 0.2 };
const WARMUP_SHARE = 500 / 14_395;
const DROPOUT = 0.5;

const groups = {
  modules: ModuleOptions,
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
  build: (steps, data, options) => buildModules(steps, data, options, moduleOne),
});

type ModuleTwoOptions = Pick<Options, 'modules' | 'classifiers' | 'resources'>;

interface Texts {
  data: DataFiles;
  rows: string;
}

/** One module or both. If Module II is trained, texts to fit the ranker on are held back from what is trained. */
export async function buildModules<O extends ModuleTwoOptions>(
  steps: Steps,
  data: DataFiles,
  options: O,
  moduleOne: (steps: Steps, texts: Texts, options: O) => Promise<TrainedEncoder>,
): Promise<void> {
  const { modules, seed } = options.modules;
  const { labelled } = data;
  if (modules === '1') {
    await moduleOne(steps, { data, rows: labelled }, options);
    return;
  }
  const from = modules === '2' ? 'module 2' : 'both modules';
  const texts = await steps.do(holdBackTexts({ from, seed }), { data, labelled });
  const encoder =
    modules === '2'
      ? encoderOf(steps, { seed, ...options.resources })
      : await moduleOne(steps, { data, rows: texts.rows }, options);
  await moduleTwo(steps, { data, ...texts, ...encoder }, options);
}

/** Loss, optimiser and sampling of Module I; what is not given is chosen by the number of texts. */
export function trainingOf(
  { loss, lr, final, steps, ...asked }: Options['training'],
  { data, traits, heldBack }: { data: DataFiles; traits: EncoderTraits; heldBack: boolean },
): Pick<TrainEncoderOptions, 'loss' | 'optimiser' | 'sampler' | 'final'> {
  const texts = visitedOf(data.size.labelled, { heldBack });
  const published = loss === 'triplet';
  const { epochs = published ? EPOCHS : defaultEpochs(texts) } = asked;
  const { batch = published ? Math.min(BATCH, Math.max(1, texts)) : defaultBatch(texts) } = asked;
  const sampler = { epochs, steps, batch, curriculum: curriculumFor(epochs), heldBack };
  const most = published ? WARMUP : Math.round(WARMUP_MOST * stepsOf(texts, sampler));
  const optimiser = { rate: lr ?? RATES[traits.kind], warmup: Math.min(WARMUP, most), decay: DECAY };
  return { loss: LOSSES[loss], optimiser, sampler, final };
}

async function moduleOne(steps: Steps, { data, rows }: Texts, options: Options): Promise<TrainedEncoder> {
  const {
    modules: { modules, seed },
    encoder,
    resources,
  } = options;
  const { threads } = resources;
  const traits = traitsOf(encoder, resources);
  const initial = await steps.do(initialModel({ ...encoder, seed }), {});
  const tokens = await steps.do(tokenizeTexts({ ...encoder, ...resources }), { data, ...initial });
  const training = trainingOf(options.training, { data, traits, heldBack: modules !== '1' });
  const stage = trainEncoder({ ...training, traits, resources, seed });
  const { model } = await steps.do(stage, { data, rows, ...tokens, ...initial });
  return offerEncoder(steps, { data, model, tokens }, { traits, threads });
}

/** `rows` are the texts to train on, `held` those to which the ranker is fitted. */
async function moduleTwo(
  steps: Steps,
  { data, rows, held, model, labelEmbeddings, traits }: TrainedEncoder & Texts & { held: string },
  { modules: { seed }, classifiers: options, resources }: ModuleTwoOptions,
): Promise<void> {
  const { classifierEpochs: epochs, classifierBatch: batch, classifierLr: rate } = options;
  const { threads } = resources;
  const texts = await steps.do(embedTexts({ traits, threads }), { data, model });
  const stage = trainClassifiers({
    ...{ loss: CLASSIFIER_LOSS, dropout: DROPOUT, optimiser: { rate, warmupShare: WARMUP_SHARE } },
    sampler: { epochs, batch, curriculum: classifierCurriculum(epochs), heldBack: true },
    ...{ traits, resources, memory: options.classifierMemory, seed },
  });
  const { classifiers } = await steps.do(stage, { rows, labelEmbeddings, ...texts });
  const weights = await steps.do(propensities(), { data, frequency: data.frequency });
  const scored = { ...texts, labelEmbeddings, classifiers, ...weights };
  await steps.do(fitFusion({ sources: [ENCODER, CLASSIFIER], threads }), { data, held, ...scored });
  await steps.offer({ source: CLASSIFIER, ranker: FUSION });
}

export const ngameCommand = systemCommand(ngame);
await runIfMain(import.meta.url, ngameCommand);
