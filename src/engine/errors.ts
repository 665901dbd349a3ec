/** What `compile` throws when a function cannot become a graph. The message is one line and says what to change. */
export class CompileError extends Error {
  override readonly name = 'CompileError';
  readonly code = 'ERR_COMPILE';
}

/** What `eager` throws when a TensorFlow.js back end cannot be started. */
export class BackendError extends Error {
  override readonly name = 'BackendError';
  readonly code = 'ERR_BACKEND';
}
