import { test } from 'tap';
import {
  BackendError,
  causeOf,
  checkInteger,
  DivergedError,
  fromThread,
  InputError,
  OperatorError,
} from '../src/errors.js';

test('an error of ours that another thread threw is of its class again', (t) => {
  for (const known of [InputError, BackendError, DivergedError]) {
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
test('an integer within both bounds is accepted', async (t) => {
  for (const value of [1, 7, 512])
    t.doesNotThrow(() => {
      checkInteger('maxLength', value, 1, 512);
    });
});

test('any other value is refused with the bounds', async (t) => {
  const refuses = (value: number, message: string, ...bounds: number[]) =>
    t.throws(() => {
      checkInteger('ahead', value, ...bounds);
    }, new RangeError(message));
  refuses(0, 'ahead: expected at least 1, got 0');
  refuses(-1, 'ahead: expected at least 0, got -1', 0);
  refuses(1.5, 'ahead: expected at least 1, got 1.5');
  refuses(NaN, 'ahead: expected at least 1, got NaN');
  refuses(Infinity, 'ahead: expected at least 1, got Infinity');
  refuses(513, 'ahead: expected 1..512, got 513', 1, 512);
});
