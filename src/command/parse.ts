/** How a command ends: its errors as one line and an exit code. Loads nothing of the commands themselves. */
import { CommanderError, type Command as Commander } from 'commander';
import { causeOf, DivergedError, inputError } from '../errors.js';

/** Exit codes: 0 done, 2 bad input or options, 130 and 143 by SIGINT and SIGTERM, 1 anything else. */
const EXIT = { failed: 1, input: 2, interrupted: 130, terminated: 143 };

/** Parses a command line and runs what it says; errors become one line and the exit code. */
export async function parse(program: Commander, argv: string[]): Promise<void> {
  try {
    await program.parseAsync(argv);
  } catch (error) {
    process.exitCode = report(error);
  }
}

/** Why a command stops on SIGINT or SIGTERM. */
export class Interrupted extends Error {
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
