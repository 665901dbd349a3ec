/** A pipeline as a command: flags from its schema, progress on a terminal, exit codes. */
import { Command as Commander, Option } from 'commander';
import { realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type * as z from 'zod';
import type { Watch } from '../stream/progress.js';
import { addOptions, checkOptions, givenOptions } from './options.js';
import { Interrupted, parse } from './parse.js';
import { progressLine, PROGRESS, type ProgressKind } from './progress-line.js';

export interface Command<S extends z.ZodObject = z.ZodObject> {
  /** The words of the command, such as `prepare wordnet`. */
  name: string;
  summary: string;
  options: S;
  /** Prints its results to standard output unless an option names a file. */
  run: (options: z.output<S>, watch: Watch) => Promise<void>;
}

/** Infers the options of `run` from the schema. */
export const command = <S extends z.ZodObject>(definition: Command<S>): Command => definition;

/** Runs the command of a module if Node was started with that module. */
export async function runIfMain(moduleUrl: string, definition: Command): Promise<void> {
  const started = process.argv[1];
  if (started === undefined || realpathSync(started) !== fileURLToPath(moduleUrl)) return;
  await parse(toCommander(definition), process.argv);
}

/** The command as a subcommand, under the last word of its name. */
export function toCommander({ name, summary, options, run }: Command): Commander {
  const commander = new Commander(name.split(' ').at(-1))
    .description(summary)
    .showHelpAfterError('(run with --help to list options)')
    .exitOverride()
    .allowExcessArguments(false);
  addOptions(commander, options);
  const progress = new Option(
    '--progress <kind>',
    'how progress is shown on standard error; default: bar on a terminal, otherwise a line a minute',
  );
  commander.addOption(progress.choices(PROGRESS));
  return commander.action(async () => {
    const { progress: kind, ...given } = givenOptions(commander, options);
    const checked = checkOptions(options, given);
    const controller = new AbortController();
    const interrupt = (signal: NodeJS.Signals): void => {
      controller.abort(new Interrupted(signal));
    };
    process.once('SIGINT', interrupt).once('SIGTERM', interrupt); // a second signal ends the process immediately
    using line = progressLine({ kind: kind as ProgressKind | undefined });
    try {
      await run(checked, { signal: controller.signal, report: line.report, note: line.note });
    } finally {
      process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
    }
  });
}
