import { InputError } from '../errors.js';

/** Thrown by `compile` when a function cannot become a graph. The message is one line and says what to change. */
export class CompileError extends Error {
  override readonly name = 'CompileError';
  readonly code = 'ERR_COMPILE';
}

/** A requested device, back end or package that is missing or does not start. */
export class BackendError extends InputError {
  override readonly name = 'BackendError';
  override readonly code = 'ERR_BACKEND';
}
