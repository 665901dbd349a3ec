/** Error classes of the project. A message is one line that names what was wrong and the offending value. */

const reason = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause));

/**
 * An operator's failure, wrapped once: which operator, after how many items, and the original as `cause`.
 * @example
 * if (error instanceof OperatorError) console.error(error.operator, error.item, error.cause);
 */
export class OperatorError extends Error {
  override readonly name = 'OperatorError';
  readonly code = 'ERR_OPERATOR';
  readonly operator: string;
  /** How many items the operator had pulled when it failed. */
  readonly item: number;

  constructor(operator: string, item: number, cause: unknown) {
    super(`${operator} failed at item ${item}: ${reason(cause)}`, { cause });
    this.operator = operator;
    this.item = item;
  }
}

/**
 * Bad input from outside: a file, a row, a value, an option. The command line prints the message and exits with 2.
 * @example
 * if (!Number.isFinite(score)) throw new InputError(`${path}: row ${row}: expected a number, got ${score}`);
 */
export class InputError extends Error {
  readonly code: string = 'ERR_INPUT';
  static {
    this.prototype.name = 'InputError'; // on the prototype: the stack is captured before fields are initialised
  }
}

/** A requested device, back end or package that is missing or does not start. */
export class BackendError extends InputError {
  override readonly code = 'ERR_BACKEND';
  static {
    this.prototype.name = 'BackendError';
  }
}

/** A loss that is no longer a number: the parameters are lost. The command line prints the message and exits with 1. */
export class DivergedError extends Error {
  readonly code = 'ERR_DIVERGED';
  static {
    this.prototype.name = 'DivergedError';
  }
}

const FROM_THREADS = [InputError, BackendError, DivergedError] as const;

/**
 * Restores an error thrown in another thread. Structured cloning turns every class but the built-in ones into `Error`; one
 * of `FROM_THREADS` is recognised by the first word of its stack and rebuilt, and so are its causes.
 */
export function fromThread(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const cause = fromThread(error.cause);
  const known = FROM_THREADS.find(({ name }) => error.stack?.startsWith(`${name}: `));
  if (known) return new known(error.message, { cause });
  if (cause !== error.cause) error.cause = cause;
  return error;
}

/**
 * The abort reason of a run that stopped without a failure: the consumer needs no more.
 * @example
 * signal.addEventListener('abort', () => signal.reason instanceof Finished || console.error(signal.reason));
 */
export class Finished extends Error {
  override readonly name = 'Finished';
  readonly code = 'ERR_FINISHED';
  constructor() {
    super('the pipeline has finished');
  }
}

/** The first error of a class in the chain of causes, if there is one: the message to show to a user. */
export function causeOf<E extends Error>(
  error: unknown,
  errors: abstract new (...args: never[]) => E,
): E | undefined {
  for (let e = error; e instanceof Error; e = e.cause) if (e instanceof errors) return e;
  return undefined;
}

export const inputError = (error: unknown): InputError | undefined => causeOf(error, InputError);

/** @throws RangeError if an option is not an integer from `least` to `most`, both inclusive. */
export function checkInteger(name: string, value: number, least = 1, most = Infinity): void {
  if (Number.isInteger(value) && value >= least && value <= most) return;
  const expected = most === Infinity ? `at least ${least}` : `${least}..${most}`;
  throw new RangeError(`${name}: expected ${expected}, got ${value}`);
}
