/** Every error class of the project. A message is one line that names what was wrong and the offending value. */

const reason = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause));

/**
 * What an operator threw, wrapped once: which operator, after how many items, and the original as `cause`.
 * @example
 * if (error instanceof OperatorError) console.error(error.operator, error.item, error.cause);
 */
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

/**
 * Bad input from outside: a file, a row, a value, an option. The command line prints the message and exits with 2.
 * @example
 * if (!Number.isFinite(score)) throw new InputError(`${path}: row ${row}: expected a number, got ${score}`);
 */
export class InputError extends Error {
  readonly code: string = 'ERR_INPUT';
  static {
    this.prototype.name = 'InputError'; // not a field, which the stack would be too early for
  }
}

/**
 * An error that another thread threw. Structured cloning makes every class but the language's own into `Error`; what
 * was an InputError is told by the first word of its stack, and made one again, as is what it was the cause of.
 */
export function fromThread(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const cause = fromThread(error.cause);
  if (error.stack?.startsWith('InputError: ')) return new InputError(error.message, { cause });
  if (cause !== error.cause) error.cause = cause;
  return error;
}

/**
 * Why a run stopped when nothing failed: the last step had all it wanted.
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

/** The innermost cause that is about input, if there is one: what a person should read. */
export function inputError(error: unknown): InputError | undefined {
  for (let e = error; e instanceof Error; e = e.cause) if (e instanceof InputError) return e;
  return undefined;
}
