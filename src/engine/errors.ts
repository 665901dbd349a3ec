import { InputError } from '../errors.js';

/** What `compile` throws when a function cannot become a graph. The message is one line and says what to change. */
export class CompileError extends Error {
  override readonly name = 'CompileError';
  readonly code = 'ERR_COMPILE';
}

/** What was asked for cannot run here: a device, a back end or a package that is missing or does not start. */
export class BackendError extends InputError {
  override readonly name = 'BackendError';
  override readonly code = 'ERR_BACKEND';
}
