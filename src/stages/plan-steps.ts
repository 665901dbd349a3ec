/** Interprets a system's steps as a plan: what each stage would cost, without running it. */
import { InputError } from '../errors.js';
import type { Cost, DiskUse, MemoryUse, Size, Work } from './cost.js';
import { bytesOf } from './cost.js';
import { countingCost, type DataFiles } from './data-files.js';
import { Identities } from './identity.js';
import type { Manifest, StageRecord } from './manifest.js';
import type { Places } from './places.js';
import type { Inputs, Paths, Stage } from './stage.js';
import type { Steps } from './system.js';

/** The cost of a system, summed over its stages. */
export interface SystemCost {
  /** Records of the stages in order, as in a manifest before they have run. */
  stages: Record<string, StageRecord>;
  /** By part of a stage; parts of the same name are summed. */
  work: Map<string, Work>;
  disk: (DiskUse & { stage: string })[];
  memory: MemoryUse[];
  /** Peak bytes on disk. */
  peak: number;
}

export interface PlanOptions<Values> {
  data: DataFiles;
  values: Values;
  size: Size;
  places: Places;
  /** Manifest of the run to resume, if there is one. */
  manifest?: Manifest | undefined;
}

/** @throws InputError if a stage's options do not fit the data. */
export async function planSystem<Values>(
  { build }: { build: (steps: Steps, data: DataFiles, values: Values) => Promise<void> },
  { data, values, ...given }: PlanOptions<Values>,
): Promise<SystemCost> {
  const steps = new PlanSteps(given);
  steps.start(data);
  await build(steps, data, values);
  return steps.cost;
}

type Given = Omit<PlanOptions<never>, 'data' | 'values'>;

class PlanSteps implements Steps {
  readonly cost: SystemCost = { stages: {}, work: new Map(), disk: [], memory: [], peak: 0 };
  readonly #given: Given;
  readonly #identities = new Identities();
  /** Bytes of the outputs that exist at this step; of temporary ones also by path. */
  #standing = 0;
  readonly #temporary = new Map<string, number>();

  constructor(given: Given) {
    this.#given = given;
  }

  /** Labels are counted before the first stage. */
  start({ fingerprint, frequency, labelled }: DataFiles): void {
    this.#identities.made('count labels', fingerprint, { frequency, labelled });
    this.add('count labels', countingCost(this.#given.size), {});
  }

  do<In extends Inputs, Out extends Paths>(stage: Stage<In, Out>, inputs: NoInfer<In>): Promise<Out> {
    const { cost } = this;
    const record = this.#identities.recordOf(stage, inputs);
    if (cost.stages[stage.name]) throw new RangeError(`${stage.name}: two stages have this name`);
    cost.stages[stage.name] = record;
    const outputs = stage.leaves(this.#given.places);
    this.#identities.made(stage.name, record.identity, outputs);
    this.add(stage.name, stage.cost(this.#given.size), outputs);
    return Promise.resolve(outputs);
  }

  add(stage: string, { work, disk = [], memory = [] }: Cost, outputs: Paths): void {
    const { cost } = this;
    for (const [part, own] of Object.entries(work))
      if (own) cost.work.set(part, sum(cost.work.get(part), own));
    cost.disk.push(...disk.map((use) => ({ ...use, stage })));
    cost.memory.push(...memory);
    cost.peak = Math.max(cost.peak, this.#standing + bytesOf(disk));
    const left = bytesOf(disk.filter(({ lasts }) => lasts !== 'stage'));
    this.#standing += left;
    const [first] = Object.values(outputs);
    if (first !== undefined)
      this.#temporary.set(first, bytesOf(disk.filter(({ lasts }) => lasts === 'training')));
  }

  expect<Out extends Paths>({ name, leaves }: Pick<Stage<never, Out>, 'name' | 'leaves'>): Out {
    const outputs = leaves(this.#given.places);
    const record = this.#given.manifest?.stages[name];
    if (!record?.outputs) throw new InputError(`${this.#given.places.kept('')}: has not finished: ${name}`);
    this.#identities.made(name, record.identity, outputs);
    return outputs;
  }

  /** Of an earlier run only: whether it is known or not, all that may run is planned, so that a resumed run has the same plan. */
  result(name: string) {
    if (this.cost.stages[name]) return undefined;
    return this.#given.manifest?.stages[name]?.result;
  }

  remove(...outputs: readonly Paths[]): Promise<void> {
    for (const path of outputs.flatMap((paths) => Object.values(paths)))
      this.#standing -= this.#temporary.get(path) ?? 0;
    return Promise.resolve();
  }

  offer(): Promise<void> {
    return Promise.resolve();
  }

  note(): void {
    // A plan runs nothing that could be reported.
  }
}

const sum = (a: Work | undefined, b: Work): Work => ({
  rows: (a?.rows ?? 0) + b.rows,
  clusterings: [...(a?.clusterings ?? []), ...(b.clusterings ?? [])],
  stores: [...(a?.stores ?? []), ...(b.stores ?? [])],
});
