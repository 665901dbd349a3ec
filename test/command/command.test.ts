import { test } from 'tap';
import * as z from 'zod';
import { toCommander } from '../../src/command/command.js';
import { parse } from '../../src/command/parse.js';
import { DivergedError, InputError, OperatorError } from '../../src/errors.js';

test('an error that the user can act on is one line, with the exit code of its kind', async (t) => {
  const cases = [
    { error: new DivergedError('loss is NaN at step 3'), code: 1 },
    { error: new InputError('x.npy: row 2'), code: 2 },
  ];
  for (const { error, code } of cases) {
    const failing = toCommander({
      name: 'fail',
      summary: 'fails',
      options: z.object({}),
      run: () => Promise.reject(new OperatorError('train-step', 1, error)),
    });
    const written = t.capture(process.stderr, 'write', () => true);
    await parse(failing, ['node', 'fail']);
    const exitCode = process.exitCode;
    process.exitCode = 0;
    t.equal(exitCode, code);
    t.same(
      written().map(({ args }) => args[0]),
      [`error: ${error.message}\n`],
    );
    written.restore();
  }
});
