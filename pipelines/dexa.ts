/**
 * DEXA (Dahiya et al., KDD 2023: deep encoders with auxiliary parameters): NGAME's encoder with a vector for each cluster of
 * related labels, which is added to their embeddings in training and in search (Module I). Module II is NGAME's.
 * Numbers are the published ones, unless a comment says otherwise.
 */
import { runIfMain } from '../src/command/command.js';
import { curriculumFor } from '../src/sample/curriculum.js';
import { clusterLabels } from '../src/stages/cluster-labels.js';
import type { DataFiles } from '../src/stages/data-files.js';
import { embedLabels } from '../src/stages/embed-labels.js';
import { EncoderOptions, initialModel, traitsOf } from '../src/stages/initial-model.js';
import { finishEncoder, type TrainedEncoder } from '../src/stages/finish-encoder.js';
import { offerSources } from '../src/stages/offer-sources.js';
import {
  AuxiliaryOptions,
  ClassifierOptions,
  ResourceOptions,
  SourceOptions,
  TrainingOptions,
} from '../src/stages/options.js';
import { system, type GroupValues, type Steps } from '../src/stages/system.js';
import { systemCommand } from '../src/stages/system-command.js';
import { tokenizeTexts } from '../src/stages/tokenize-texts.js';
import { trainEncoder } from '../src/stages/train-encoder.js';
import { CLASSIFIER } from './ngame.js';

/** Triplet loss over the hardest negatives of a mini-batch, weighted by the softmax of their scores at a temperature. */
const LOSS = { kind: 'ohnm-triplet', negatives: 10, margin: 0.3, temperature: 0.1 } as const;
/** Peak learning rates; the bag's was chosen on a split of WordNet's training texts. */
const RATES = { bag: 4e-3, transformer: 2e-4 };
const OPTIMISER = { warmup: 100, decay: 0.01 };

const groups = {
  sources: SourceOptions,
  encoder: EncoderOptions,
  auxiliary: AuxiliaryOptions,
  training: TrainingOptions,
  classifiers: ClassifierOptions,
  resources: ResourceOptions,
};
type Options = GroupValues<typeof groups>;

export const dexa = system({
  name: 'dexa',
  summary: 'Train the sources of labels of a run: DEXA, or NGAME with --aux 0, and others; and their ranker',
  paper: 'https://doi.org/10.1145/3580305.3599301',
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
  { sources: { seed }, encoder, auxiliary, training, resources }: Options,
): Promise<TrainedEncoder> {
  const { threads } = resources;
  const traits = traitsOf(encoder, resources);
  const initial = await steps.do(initialModel({ ...encoder, seed }), {});
  const tokens = await steps.do(tokenizeTexts({ ...encoder, ...resources }), { data, ...initial });

  // Head labels have an auxiliary vector of their own; tail labels share one per cluster of initial embeddings.
  let rowOfLabel: string | undefined;
  if (auxiliary.aux > 0) {
    const before = embedLabels({ by: 'initial model', traits, threads });
    const embedded = await steps.do(before, { data, ...initial, labels: tokens.labels });
    const clusters = clusterLabels({ ...auxiliary, traits, seed, threads });
    ({ rowOfLabel } = await steps.do(clusters, { data, frequency: data.frequency, ...embedded }));
    await steps.remove(embedded);
  }

  // Random mini-batches first, then clusters of the texts' embeddings, recomputed every few epochs.
  const stage = trainEncoder({
    loss: LOSS,
    optimiser: { ...OPTIMISER, rate: training.lr ?? RATES[traits.kind] },
    sampler: { ...training, curriculum: curriculumFor(training.epochs), heldBack },
    ...{ traits, auxiliary, resources, final: training.final, seed },
  });
  const { model } = await steps.do(stage, { data, rows, rowOfLabel, ...tokens, ...initial });
  return finishEncoder(steps, { data, model, tokens, rowOfLabel }, { traits, threads });
}

export const dexaCommand = systemCommand(dexa);
await runIfMain(import.meta.url, dexaCommand);
