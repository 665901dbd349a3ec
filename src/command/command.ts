/** A pipeline as a command: flags from its schema, progress on a terminal, exit codes. */
import { Command as Commander, CommanderError } from 'commander';
import { realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type * as z from 'zod';
import { causeOf, DivergedError, inputError } from '../errors.js';
import type { Watch } from '../stream/progress.js';
import { addOptions, checkOptions, givenOptions } from './options.js';
import { progressLine } from './progress-line.js';

export interface Command<S extends z.ZodObject = z.ZodObject> {
  /** Words of the command line, such as `prepare wordnet`. */
  name: string;
  summary: string;
  options: S;
  /** Prints its results to standard output, unless it is told to write them to a file. */
  run: (options: z.output<S>, watch: Watch) => Promise<void>;
}

/** Types the options of `run` by the schema. */
export const command = <S extends z.ZodObject>(definition: Command<S>): Command => definition;

/** Exit codes: 0 done, 2 bad input or options, 130 and 143 by SIGINT and SIGTERM, 1 anything else. */
const EXIT = { failed: 1, input: 2, interrupted: 130, terminated: 143 };

/** Runs the one command of a module, if that is the module node was started with. */
export async function runIfMain(moduleUrl: string, definition: Command): Promise<void> {
  const started = process.argv[1];
  if (started === undefined || realpathSync(started) !== fileURLToPath(moduleUrl)) return;
  await parse(toCommander(definition), process.argv);
}

/** Parses a command line and runs what it says; errors become one line and the exit code. */
export async function parse(program: Commander, argv: string[]): Promise<void> {
  try {
    await program.parseAsync(argv);
  } catch (error) {
    process.exitCode = report(error);
  }
}

/** The command as a part of another, under the last word of its name. */
export function toCommander({ name, summary, options, run }: Command): Commander {
  const commander = new Commander(name.split(' ').at(-1))
    .description(summary)
    .showHelpAfterError('(--help tells of the options)')
    .exitOverride()
    .allowExcessArguments(false);
  addOptions(commander, options);
  return commander.action(async () => {
    const checked = checkOptions(options, givenOptions(commander, options));
    const controller = new AbortController();
    const interrupt = (signal: NodeJS.Signals): void => {
      controller.abort(new Interrupted(signal));
    };
    process.once('SIGINT', interrupt).once('SIGTERM', interrupt); // a second one ends the process at once
    using line = progressLine();
    try {
      await run(checked, {
        signal: controller.signal,
        report: (progress) => {
          line.report(progress);
        },
        note: (message) => {
          line.note(message);
        },
      });
    } finally {
      process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
    }
  });
}

class Interrupted extends Error {
  readonly signal: NodeJS.Signals;

  constructor(signal: NodeJS.Signals) {
    super(`interrupted by ${signal}`);
    this.signal = signal;
  }
}

function report(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : EXIT.input; // it has printed its message
  const input = inputError(error);
  const told: Error | undefined = input ?? causeOf(error, DivergedError);
  if (told) {
    process.stderr.write(`error: ${told.message}\n`);
    return input ? EXIT.input : EXIT.failed;
  }
  if (error instanceof Interrupted) {
    process.stderr.write('interrupted\n');
    return EXIT[error.signal === 'SIGTERM' ? 'terminated' : 'interrupted'];
  }
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  return EXIT.failed;
}
