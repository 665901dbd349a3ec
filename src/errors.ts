/** Every error class of the project. A message is one line that names what was wrong and the offending value. */

const reason = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause));

/** What an operator threw, wrapped once: which operator, after how many items, and the original as `cause`. */
export class OperatorError extends Error {
  override readonly name = 'OperatorError';
  readonly code = 'ERR_OPERATOR';
  readonly operator: string;
  /** How many items the operator had taken in when it failed. */
  readonly item: number;

  constructor(operator: string, item: number, cause: unknown) {
    super(`${operator} failed at item ${item}: ${reason(cause)}`, { cause });
    this.operator = operator;
    this.item = item;
  }
}

/** Bad input from outside: a file, a row, a value, an option. The command line prints the message and exits with 2. */
export class InputError extends Error {
  readonly code: string = 'ERR_INPUT';
  static {
    this.prototype.name = 'InputError'; // not a field, which the stack would be too early for
  }
}

/** A loss that is no longer a number: the parameters are lost. The command line prints the message and exits with 1. */
export class DivergedError extends Error {
  readonly code = 'ERR_DIVERGED';
  static {
    this.prototype.name = 'DivergedError';
  }
}

const FROM_THREADS = [InputError, DivergedError] as const;

/**
 * An error that another thread threw. Structured cloning makes every class but the language's own into `Error`; one of
 * `FROM_THREADS` is recognised by the first word of its stack and rebuilt, as is what it was the cause of.
 */
export function fromThread(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const cause = fromThread(error.cause);
  const known = FROM_THREADS.find(({ name }) => error.stack?.startsWith(`${name}: `));
  if (known) return new known(error.message, { cause });
  if (cause !== error.cause) error.cause = cause;
  return error;
}

/** Why a run stopped when nothing failed: the last step had all it wanted. */
export class Finished extends Error {
  override readonly name = 'Finished';
  readonly code = 'ERR_FINISHED';
  constructor() {
    super('the pipeline has finished');
  }
}

/** The first of an error, its cause, the cause of that … which is of a class: what a person should read. */
export function causeOf<E extends Error>(
  error: unknown,
  errors: abstract new (...args: never[]) => E,
): E | undefined {
  for (let e = error; e instanceof Error; e = e.cause) if (e instanceof errors) return e;
  return undefined;
}

export const inputError = (error: unknown): InputError | undefined => causeOf(error, InputError);
