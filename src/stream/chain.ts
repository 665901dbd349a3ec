import type { Operator, Transform } from './operator.js';
import { Run } from './run.js';
import type { Step } from './step.js';

/** Result of the last step of a list whose first ones give `First`. */
export type Last<First, Results extends unknown[]> = Results extends [...unknown[], infer L] ? L : First;
/** What the step at `I` takes: the result of the one before it. */
export type Before<First, Results extends unknown[], I> = [First, ...Results][I & keyof [First, ...Results]];

/**
 * Operators as one, each taking what the one before gives. Failures and progress still carry the name of the member
 * they come from. The type arguments of a generic operator follow from those before it, up to the eighth; later ones
 * must be written out (TypeScript infers the rest of a list all at once).
 * @example
 * const embedded = chain(tokenize({ tokenizer: model }), embed({ model }));
 */
export function chain<A, B, C>(a: Operator<A, B>, b: Operator<B, C>): Operator<A, C>;
export function chain<A, B, C, D, E = D, F = E, G = F, H = G, I = H, More extends unknown[] = []>(
  a: Operator<A, B>,
  b: Operator<B, C>,
  c: Operator<C, D>,
  d?: Operator<D, E>,
  e?: Operator<E, F>,
  f?: Operator<F, G>,
  g?: Operator<G, H>,
  h?: Operator<H, I>,
  ...more: { [At in keyof More]: Operator<Before<I, More, At>, More[At]> }
): Operator<A, Last<I, More>>;
export function chain<T>(...operators: Operator<T, T>[]): Operator<T, T>;
export function chain(
  ...given: readonly (Operator<unknown, unknown> | undefined)[]
): Operator<unknown, unknown> {
  const operators = given.filter((operator) => operator !== undefined);
  const apply: Transform<unknown, unknown> = (source, run = new Run()) =>
    operators.reduce((stream, operator) => operator(stream, run), source);
  const step: Step<unknown, unknown> = (input, context) =>
    operators.reduce((items, { step }) => step(items, context), input);
  return Object.assign(apply, { operator: operators.map(({ operator }) => operator).join(' | '), step });
}
