import type { Operator, Transform } from './operator.js';
import { Run } from './run.js';

/**
 * Two operators as one. Errors and progress still carry the name of the member that they come from.
 * @example
 * const embedded = chain(tokenize({ tokenizer: model }), embed({ model }));
 */
export function chain<A, B, C>(first: Operator<A, B>, second: Operator<B, C>): Operator<A, C> {
  const apply: Transform<A, C> = (source, run = new Run()) => second(first(source, run), run);
  return Object.assign(apply, {
    operator: `${first.operator} | ${second.operator}`,
    step: ((input, context) => second.step(first.step(input, context), context)) satisfies Operator<
      A,
      C
    >['step'],
  });
}
