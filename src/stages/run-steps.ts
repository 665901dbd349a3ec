/** Interprets a system's steps by running them: skips stages that the run already has, records the rest in the manifest. */
import { rm } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { makeFolder } from '../files/make-folder.js';
import { isThere } from '../files/is-there.js';
import { checkFingerprint } from '../files/fingerprint.js';
import { DIGESTS_FILE, recordOf } from '../files/file-record.js';
import { sealed } from '../files/seal.js';
import { writeJson } from '../files/write-json.js';
import { trainingFiles } from '../store/dataset.js';
import { RunLock } from '../store/run-lock.js';
import { watched, type Watch } from '../stream/progress.js';
import type { DataFiles } from './data-files.js';
import { InputError } from '../errors.js';
import { writeManifest, type Manifest } from './manifest.js';
import { describeOutputs, filesOf, isWithin, syncOutputs } from './outputs.js';
import { placesOf, scratchOf, workOf } from './places.js';
import type { Inputs, Json, Paths, Stage, StageContext } from './stage.js';
import type { Steps } from './system.js';

const LOG = 'training.jsonl';

export type Results = Record<string, Readonly<Record<string, Json>>>;

export class RunSteps implements Steps, Disposable {
  /** What the stages run by this process returned. */
  readonly results: Results = {};
  readonly lines: string[] = [];
  readonly #run: string;
  readonly #manifest: Manifest;
  readonly #data: DataFiles;
  readonly #watch: Watch;
  readonly #held = new Map<string, RunLock>();
  readonly #producers = new Map<string, string>();

  /** `manifest` has a record of every stage, done or not; see `forgetDamaged`. */
  constructor(run: string, manifest: Manifest, data: DataFiles, watch: Watch) {
    this.#run = run;
    this.#manifest = manifest;
    this.#data = data;
    this.#watch = watch;
  }

  async do<In extends Inputs, Out extends Paths>(stage: Stage<In, Out>, inputs: NoInfer<In>): Promise<Out> {
    const leaves = stage.leaves(placesOf(this.#run));
    for (const path of Object.values(leaves)) this.#producers.set(path, stage.name);
    // A stage that leaves files outside the run finds out itself what there is to do.
    if (this.#manifest.stages[stage.name]!.outputs) return leaves;
    this.#hold(leaves);
    const scratch = scratchOf(this.#run, stage.name);
    makeFolder(scratch);
    const result = await stage.run(inputs, leaves, this.#context(stage.name, scratch));
    await checkFingerprint(trainingFiles(this.#data.dataset), this.#data.fingerprint);
    this.results[stage.name] = result ?? {};
    const record = this.#manifest.stages[stage.name]!;
    if (result) record.result = JSON.parse(JSON.stringify(result)) as NonNullable<typeof record.result>;
    syncOutputs(leaves); // before the manifest says that they are there
    if (Object.values(leaves).every((path) => isWithin(this.#run, path)))
      record.outputs = await describeOutputs(this.#run, leaves);
    await this.#save();
    await rm(scratch, { recursive: true, force: true });
    return leaves;
  }

  /** Keeps other processes from replacing folders outside the run while it reads them. */
  #hold(leaves: Paths): void {
    for (const folder of new Set(Object.values(leaves).map((path) => dirname(path))))
      if (folder !== this.#run && !isWithin(this.#run, folder) && !this.#held.has(folder))
        this.#held.set(folder, new RunLock(folder, 'is being used'));
  }

  [Symbol.dispose](): void {
    for (const lock of this.#held.values()) lock[Symbol.dispose]();
  }

  #context(stage: string, scratch: string): StageContext {
    const identity = this.#manifest.stages[stage]!.identity;
    const counting: StageContext['counting'] = (part, operator, total) =>
      watched(this.#watch, { stage: part, counting: operator, total });
    const log = placesOf(this.#run).kept(LOG);
    const summarise = (line: string): void => void this.lines.push(line);
    return { ...this.#watch, run: this.#run, identity, log, scratch, summarise, counting };
  }

  expect<Out extends Paths>({ name, leaves }: Pick<Stage<never, Out>, 'name' | 'leaves'>): Out {
    if (!this.#manifest.stages[name]?.outputs)
      throw new InputError(`${this.#run}: has not finished: ${name}`);
    return leaves(placesOf(this.#run));
  }

  result(name: string) {
    return this.#manifest.stages[name]?.result;
  }

  async remove(...outputs: readonly Paths[]): Promise<void> {
    const paths = outputs
      .flatMap((own) => Object.values(own))
      .filter((path) => isWithin(workOf(this.#run), path));
    const files = paths.flatMap((path) =>
      filesOf(path).map((file) => ({ file, stage: this.#producers.get(path) })),
    );
    for (const { file, stage = '' } of files)
      delete this.#manifest.stages[stage]?.outputs?.[relative(this.#run, file)]; // done, with fewer files to check
    await this.#save();
    for (const { file } of files) await rm(file, { force: true });
  }

  async offer({ source, ranker }: Parameters<Steps['offer']>[0]): Promise<void> {
    if (source) {
      const others = this.#manifest.sources.filter(({ name }) => name !== source.name);
      this.#manifest.sources = [...others, source];
    }
    if (ranker) this.#manifest.ranker = ranker;
    await this.#save();
  }

  note(message: string): void {
    this.#watch.note?.(message);
  }

  /** Marks the run as complete and removes temporary files. */
  async finish(): Promise<void> {
    this.#manifest.complete = true;
    const isKept = (path: string): boolean => !isWithin(workOf(this.#run), join(this.#run, path));
    for (const record of Object.values(this.#manifest.stages)) {
      const kept = Object.entries(record.outputs ?? {}).filter(([path]) => isKept(path));
      if (kept.length > 0) record.outputs = Object.fromEntries(kept);
      else delete record.outputs; // rebuilt if a later stage needs it
    }
    await recordLog(this.#run);
    await this.#save();
    await rm(workOf(this.#run), { recursive: true, force: true });
  }

  #save(): Promise<void> {
    return writeManifest(this.#run, this.#manifest);
  }
}

/** The log has times, so it is recorded apart from the manifest, which a resumed run ends with bit by bit. */
async function recordLog(run: string): Promise<void> {
  const log = placesOf(run).kept(LOG);
  const files = isThere(log) ? { [LOG]: await recordOf(log) } : {};
  await writeJson(join(run, DIGESTS_FILE), sealed({ files }));
}
