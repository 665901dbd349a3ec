/** How a command ends: its errors as one line and an exit code. Loads nothing of the commands themselves. */
import { CommanderError, type Command as Commander } from 'commander';
import { OutputClosed, outputError, print } from '../files/standard-output.js';
import { causeOf, DivergedError, inputError } from '../errors.js';

/**
 * Exit codes: 0 done, 2 bad input or options, 130 and 143 by SIGINT and SIGTERM, 141 as by SIGPIPE if the reader of standard
 * output has gone, 1 anything else.
 */
const EXIT = { failed: 1, input: 2, interrupted: 130, terminated: 143, closed: 141 };

/** Parses a command line and runs what it says; errors become one line and the exit code. */
export async function parse(program: Commander, argv: string[]): Promise<void> {
  const unwritten = outputFailures();
  let failure: unknown;
  try {
    await program.parseAsync(argv);
  } catch (error) {
    failure = error;
  }
  await print('').catch(() => undefined); // what was written before has been tried then
  const error = unwritten[0] ?? failure;
  if (error !== undefined) process.exitCode = report(error);
}

/** Failures to write to standard output, as they come. To standard error nothing can be told, so work goes on without it. */
function outputFailures(): Error[] {
  const failures: Error[] = [];
  process.stdout.on('error', (cause: Error) => failures.push(outputError(cause)));
  process.stderr.on('error', () => undefined);
  return failures;
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
  if (causeOf(error, OutputClosed)) return EXIT.closed;
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
