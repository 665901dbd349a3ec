/** `dexa train`: trains the system `dexa`. */
import { runIfMain } from '../src/command/command.js';
import type { RunReport } from '../src/stages/run-system.js';
import { optionsOf, systemCommand, trainSystem, type SystemOptions } from '../src/stages/system-command.js';
import type { Watch } from '../src/stream/progress.js';
import { dexa } from './dexa.js';

export const TrainOptions = optionsOf(dexa);
export type TrainOptions = SystemOptions<(typeof dexa)['options']>;

/** Writes a run: `manifest.json`, `training.jsonl` (one line per epoch), the model, embeddings and texts of the labels. */
export const train = (given: TrainOptions, watch: Watch = {}): Promise<RunReport> =>
  trainSystem(dexa, given, watch);

export const trainCommand = systemCommand(dexa, 'train');
await runIfMain(import.meta.url, trainCommand);
