import { test } from 'tap';
import { checkSeal, isSealed, sealed } from '../../src/files/seal.js';

test('a sealed value that was changed is refused, one without a seal is not', async (t) => {
  const value = { name: 'a', counts: [1, 2.5, null], more: { b: '\u00e9', absent: undefined } };
  const written: unknown = JSON.parse(JSON.stringify(sealed(value)));
  t.ok(isSealed(written));
  t.doesNotThrow(() => {
    checkSeal('x.json', written);
    checkSeal('x.json', value);
    checkSeal('x.json', null);
  });
  const text = JSON.stringify(sealed(value));
  for (const [from, to] of [
    ['"a"', '"b"'],
    ['2.5', '2.4'],
    ['"more"', '"mose"'],
    ['[1,', '[0,'],
  ] as const)
    t.throws(
      () => {
        checkSeal('x.json', JSON.parse(text.replace(from, to)));
      },
      { name: 'InputError', message: 'x.json: not what was written: it does not match its own digest' },
    );
});
