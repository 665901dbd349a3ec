/**
 * DEXA (Dahiya et al., KDD 2023: deep encoders with auxiliary parameters): NGAME's encoder with a vector for each cluster of
 * related labels, which is added to their embeddings in training and in search (Module I). Module II is NGAME's.
 * Numbers are the published ones, unless a comment says otherwise.
 */
import { runIfMain } from '../src/command/command.js';
import { clusterLabels } from '../src/stages/cluster-labels.js';
import { defaultAuxiliary } from '../src/stages/defaults.js';
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
import type { TrainingTexts } from '../src/stages/offered.js';
import { system, type GroupValues, type Steps } from '../src/stages/system.js';
import { systemCommand } from '../src/stages/system-command.js';
import { tokenizeTexts } from '../src/stages/tokenize-texts.js';
import { trainEncoder } from '../src/stages/train-encoder.js';
import { CLASSIFIER, trainingOf } from './ngame.js';

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
  { data, rows, heldBack }: TrainingTexts,
  { sources: { seed }, encoder, training, resources, ...options }: Options,
): Promise<TrainedEncoder> {
  const { threads } = resources;
  const traits = traitsOf(encoder, resources);
  const initial = await steps.do(initialModel({ ...encoder, seed }), {});
  const tokens = await steps.do(tokenizeTexts({ ...encoder, ...resources }), { data, ...initial });

  // Head labels have an auxiliary vector of their own; tail labels share one per cluster of initial embeddings.
  const { headMinCount, aux = defaultAuxiliary(data.size.tail(headMinCount)) } = options.auxiliary;
  const auxiliary = { ...options.auxiliary, aux };
  let rowOfLabel: string | undefined;
  if (aux > 0) {
    const before = embedLabels({ by: 'initial model', traits, threads });
    const embedded = await steps.do(before, { data, ...initial, labels: tokens.labels });
    const clusters = clusterLabels({ ...auxiliary, traits, seed, threads });
    ({ rowOfLabel } = await steps.do(clusters, { data, frequency: data.frequency, ...embedded }));
    await steps.remove(embedded);
  }

  // Random mini-batches first, then clusters of the texts' embeddings, recomputed every few epochs.
  const chosen = trainingOf(training, { data, traits, heldBack });
  const stage = trainEncoder({ ...chosen, traits, auxiliary, resources, seed });
  const { model } = await steps.do(stage, { data, rows, rowOfLabel, ...tokens, ...initial });
  return finishEncoder(steps, { data, model, tokens, rowOfLabel }, { traits, threads });
}

export const dexaCommand = systemCommand(dexa);
await runIfMain(import.meta.url, dexaCommand);
