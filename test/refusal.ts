import type { Test } from 'tap';
import { inputError } from '../src/errors.js';

/** The one-line message when `work` refuses its input. */
export async function refusal(t: Test, work: Promise<unknown>): Promise<string> {
  const error: unknown = await work.then(
    () => undefined,
    (e: unknown) => e,
  );
  const refused = inputError(error);
  if (refused === undefined) {
    t.fail('expected an InputError', { error });
    return '';
  }
  t.notMatch(refused.message, /\n/, 'one line');
  return refused.message;
}
