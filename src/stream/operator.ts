/// <reference types="highland" preserve="true" />
import { Run } from './run.js';
import type { Step } from './step.js';

/** Anything that Highland's `through` accepts, including a plain Highland function. */
export type Transform<In, Out> = (source: Highland.Stream<In>, run?: Run) => Highland.Stream<Out>;

export interface Operator<In, Out> extends Transform<In, Out> {
  readonly operator: string;
  /** The step without a run, for unit tests and other runners. */
  readonly step: Step<In, Out>;
}

/**
 * Turns an async generator into an operator.
 *
 * The generator is pulled only as fast as the consumer asks. With a bare `stream.through(...)` it gets a run of its own,
 * and an early stop downstream (`take`) cannot reach it: Highland does not tell the source. Inside `pipeline(...)` every
 * step learns of the end, however the run ends.
 * @example
 * const dedupe = operator<string, string>('dedupe', async function* (texts) {
 *   const seen = new Set<string>();
 *   for await (const text of texts) if (!seen.has(text)) yield (seen.add(text), text);
 * });
 */
export function operator<In, Out>(name: string, step: Step<In, Out>): Operator<In, Out> {
  const apply: Transform<In, Out> = (source, run = new Run()) => run.start(name, step, source);
  return Object.assign(apply, { operator: name, step });
}
