/**
 * DEXA (Dahiya et al., KDD 2023: deep encoders with auxiliary parameters): NGAME's encoder with a vector for each cluster of
 * related labels, which is added to their embeddings in training and in search (Module I). Module II is NGAME's.
 * Numbers are the published ones, unless a comment says otherwise.
 */
import { runIfMain } from '../src/command/command.js';
import { clusterLabels } from '../src/stages/cluster-labels.js';
import type { DataFiles } from '../src/stages/data-files.js';
import { defaultAuxiliary } from '../src/stages/defaults.js';
import { embedLabels } from '../src/stages/embed-labels.js';
import { EncoderOptions, initialModel, traitsOf } from '../src/stages/initial-model.js';
import { offerEncoder, type TrainedEncoder } from '../src/stages/offer-encoder.js';
import {
  AuxiliaryOptions,
  ClassifierOptions,
  ModuleOptions,
  ResourceOptions,
  TrainingOptions,
} from '../src/stages/options.js';
import { system, type GroupValues, type Steps } from '../src/stages/system.js';
import { systemCommand } from '../src/stages/system-command.js';
import { tokenizeTexts } from '../src/stages/tokenize-texts.js';
import { trainEncoder } from '../src/stages/train-encoder.js';
import { buildModules, trainingOf } from './ngame.js';

const groups = {
  modules: ModuleOptions,
  encoder: EncoderOptions,
  auxiliary: AuxiliaryOptions,
  training: TrainingOptions,
  classifiers: ClassifierOptions,
  resources: ResourceOptions,
};
type Options = GroupValues<typeof groups>;

export const dexa = system({
  name: 'dexa',
  summary: 'Train DEXA, or NGAME with --aux 0: an encoder, classifiers for the labels, or both',
  paper: 'https://doi.org/10.1145/3580305.3599301',
  options: groups,
  build: (steps, data, options) => buildModules(steps, data, options, moduleOne),
});

async function moduleOne(
  steps: Steps,
  { data, rows }: { data: DataFiles; rows: string },
  options: Options,
): Promise<TrainedEncoder> {
  const {
    modules: { modules, seed },
    encoder,
    resources,
  } = options;
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
  const training = trainingOf(options.training, { data, traits, heldBack: modules !== '1' });
  const stage = trainEncoder({ ...training, traits, auxiliary, resources, seed });
  const { model } = await steps.do(stage, { data, rows, rowOfLabel, ...tokens, ...initial });
  return offerEncoder(steps, { data, model, tokens, rowOfLabel }, { traits, threads });
}

export const dexaCommand = systemCommand(dexa);
await runIfMain(import.meta.url, dexaCommand);
