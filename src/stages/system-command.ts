/** A system as a command: its option groups become flags, the summaries of its stages are printed. */
import * as z from 'zod';
import { command, type Command } from '../command/command.js';
import { grouped } from '../command/groups.js';
import { checkOptions } from '../command/options.js';
import type { Watch } from '../stream/progress.js';
import { PlaceOptions } from './options.js';
import { runSystem, type RunReport } from './run-system.js';
import type { Groups, GroupValues, System } from './system.js';
import { print } from '../files/standard-output.js';

/** The fields of all groups as one shape. */
type Flat<G extends Groups> = Merged<G[keyof G]['shape']>;
type Merged<U> = (U extends unknown ? (each: U) => void : never) extends (all: infer I) => void ? I : never;
type Schema<G extends Groups> = z.ZodObject<typeof PlaceOptions.shape & Flat<G>>;

/** All options of a system in one flat schema. */
export const optionsOf = <G extends Groups>({ options }: Pick<System<G>, 'options'>): Schema<G> =>
  z.object(
    Object.assign({}, PlaceOptions.shape, ...Object.values(options).map(({ shape }) => shape)),
  ) as unknown as Schema<G>;

export type SystemOptions<G extends Groups> = z.input<Schema<G>>;

/** Checks flat options and runs the system. @throws InputError as `runSystem` does. */
export function trainSystem<G extends Groups>(
  system: System<G>,
  given: SystemOptions<G>,
  watch?: Watch,
): Promise<RunReport> {
  const flat: Record<string, unknown> = checkOptions(optionsOf(system) as z.ZodObject, given);
  const { data, run, resume } = PlaceOptions.parse(flat);
  const values = grouped(system.options, flat) as GroupValues<G>;
  return runSystem(system, { data, run, resume, values }, watch);
}

export const systemCommand = <G extends Groups>(system: System<G>, name = system.name): Command =>
  command({
    name,
    summary: system.summary,
    options: optionsOf(system),
    run: async (options, watch) => {
      const { run } = PlaceOptions.parse(options);
      const { labelled, unlabelled, lines, seconds } = await trainSystem(
        system,
        options as SystemOptions<G>,
        watch,
      );
      const first = `${labelled} training texts with labels; ${unlabelled} without labels, left out`;
      await print(`${[first, ...lines].join('\n')}\n${seconds} s: ${run}\n`);
    },
  });
