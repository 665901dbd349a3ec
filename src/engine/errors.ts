/** Thrown by `compile` when a function cannot become a graph. The message is one line and says what to change. */
export class CompileError extends Error {
  override readonly name = 'CompileError';
  readonly code = 'ERR_COMPILE';
}
