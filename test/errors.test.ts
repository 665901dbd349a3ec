import { test } from 'tap';
import { causeOf, DivergedError, fromThread, InputError, OperatorError } from '../src/errors.js';

test('an error of ours that another thread threw is of its class again', (t) => {
  for (const known of [InputError, DivergedError]) {
    const sent: unknown = structuredClone(new Error('wrapped', { cause: new known('told') }));
    const { cause } = fromThread(sent) as Error;
    t.ok(cause instanceof known);
    t.match(cause, { message: 'told', name: known.name });
  }
  t.end();
});

test('what a person should read is found under what wraps it', (t) => {
  const diverged = new DivergedError('loss is NaN');
  const wrapped = new OperatorError('train-step', 3, diverged);
  t.equal(causeOf(wrapped, DivergedError), diverged);
  t.equal(causeOf(wrapped, InputError), undefined);
  t.end();
});
