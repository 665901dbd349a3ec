/** Runs a system on a data set, into the folder of a run. */
import { makeFolder } from '../files/make-folder.js';
import { isThere } from '../files/is-there.js';
import { InputError } from '../errors.js';
import { fingerprintOf } from '../files/fingerprint.js';
import { openDataset, trainingFiles } from '../store/dataset.js';
import { RunLock } from '../store/run-lock.js';
import type { Watch } from '../stream/progress.js';
import { forgetDamaged } from './damage.js';
import { countLabels } from './count-labels.js';
import { dataFiles, sizeOf, writeCounts, type DataFiles } from './data-files.js';
import { checkSpace } from '../files/free-space.js';
import { manifestOf, readManifest, type Manifest } from './manifest.js';
import { placesOf, workOf } from './places.js';
import { planSystem } from './plan-steps.js';
import { RunSteps, type Results } from './run-steps.js';
import { checkFolder, startRun } from './start-run.js';
import type { System, Groups, GroupValues } from './system.js';

export interface RunSystemOptions<Values> {
  /** Folder of the data set. */
  data: string;
  /** Folder of the run. */
  run: string;
  /** Fail unless there is a stopped run to resume. */
  resume: boolean;
  /** The system's options, by group. */
  values: Values;
}

export interface RunReport {
  /** Number of training texts with labels, and without. */
  labelled: number;
  unlabelled: number;
  /** What the stages returned that ran now, and their summaries as lines of text. */
  results: Results;
  lines: readonly string[];
  seconds: number;
}

/**
 * Runs the stages that the run does not have yet. Before anything is written, all options and the free disk space are
 * checked, by planning the system.
 * @throws InputError as `startRun` does, and if options do not fit the data.
 */
export async function runSystem<G extends Groups>(
  system: System<G>,
  options: RunSystemOptions<GroupValues<G>>,
  watch: Watch = {},
): Promise<RunReport> {
  const started = performance.now();
  const { run, values } = options;
  using _lock = new RunLock(run);
  const { data, manifest, labelled } = await begin(system, options, watch);
  using steps = new RunSteps(run, manifest, data, watch);
  if (!manifest.complete) await system.build(steps, data, values);
  await steps.finish();
  return {
    labelled,
    unlabelled: data.dataset.train - labelled,
    results: steps.results,
    lines: steps.lines,
    seconds: Math.round((performance.now() - started) / 100) / 10,
  };
}

/** Checks everything, then starts or resumes the run. Afterwards the label counts are on disk, not in memory. */
async function begin<G extends Groups>(
  system: System<G>,
  { data: folder, run, resume, values }: RunSystemOptions<GroupValues<G>>,
  watch: Watch,
): Promise<{ data: DataFiles; manifest: Manifest; labelled: number }> {
  checkFolder(run);
  const dataset = await openDataset(folder);
  const places = placesOf(run);
  const counts = await countLabels(dataset, watch);
  const size = sizeOf(dataset, counts);
  const data = dataFiles({ dataset, fingerprint: await fingerprintOf(trainingFiles(dataset)), size }, places);
  const before = isThere(manifestOf(run)) ? readManifest(run) : undefined;
  if (resume && !before) throw new InputError(`${run}: no stopped run to resume`);
  const { stages, peak } = await planSystem(system, { data, values, size, places, manifest: before });
  if (!before) checkSpace(run, peak); // a run that was started already takes some of it
  const manifest = await startRun(run, { system: system.name, stages });
  await forgetDamaged(run, { stages: manifest.stages, planned: Object.keys(stages) }, watch);
  makeFolder(workOf(run));
  writeCounts(data, counts);
  return { data, manifest, labelled: counts.labelled.count };
}
