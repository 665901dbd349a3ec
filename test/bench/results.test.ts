import { test } from 'tap';
import { replaceSection, table } from './results.js';

test('a section is added at the end, then replaced, and the others stay', async (t) => {
  const one = replaceSection('# Results\n', 'engine', 'fast');
  const two = replaceSection(one, 'stream', 'small');
  t.equal(
    replaceSection(two, 'engine', '\nfaster\n'),
    '# Results\n\n<!-- begin engine -->\n\nfaster\n\n<!-- end engine -->\n\n<!-- begin stream -->\n\nsmall\n\n<!-- end stream -->\n',
  );
  t.equal(replaceSection(two, 'stream', 'small'), two);
});

test('a section without an end is not guessed', async (t) => {
  t.throws(() => replaceSection('<!-- begin engine -->\nfast', 'engine', 'faster'), {
    name: 'RangeError',
    message: 'section engine: begins but does not end',
  });
});

test('a table has a head and numbers to the right', async (t) => {
  t.equal(table([['', 'ms'], ['step', '3']]), '|  | ms |\n| --- | ---: |\n| step | 3 |'); // prettier-ignore
});
