import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type Test } from 'tap';
import { readBeginning } from '../../src/formats/csv-dialect.js';
import type { Delimiting } from '../../src/formats/csv.js';
import { refusal } from '../refusal.js';

const found = (t: Test, content: string | Buffer, name = 'x.csv', given: Partial<Delimiting> = {}) => {
  const path = join(t.testdir(), name);
  writeFileSync(path, content);
  return readBeginning(path, given);
};

test('the delimiter and the quotes are found out', async (t) => {
  const examples: [string, string | undefined, string][] = [
    [',', '"', 'a,b\n1,2\n'],
    [';', '"', 'a;b\n1,5;2,5\n'],
    ['\t', '"', 'a\tb\n"x, y"\tz\n'],
    ['|', '"', 'a|b\n1|2\n'],
    [',', '"', 'a,b\n"x;y;z\n;",2\n'],
    [',', '"', 'one column\nof texts\n'],
    ['\t', undefined, 'a\tb\n5" disk\tx\n'],
    ['|', undefined, 'a|b\n"x|1\ny|"2\n'],
    [',', '"', 'a,b\n1,2\n3\n4,5\n'],
    [',', '"', 'a,b\n1,"2\n'],
  ];
  for (const [delimiter, quote, content] of examples) {
    const beginning = await found(t, content);
    t.same([beginning.delimiter, beginning.quote], [delimiter, quote], content);
  }
  const named = await found(t, 'a, b, c\td\n1, 2, 3\t4\n', 'x.tsv');
  t.same([named.delimiter, named.first], ['\t', ['a, b, c', 'd']]);
});

test('of a long file only the beginning is read, wherever it ends', async (t) => {
  const long = `a;b\n${'"x\n;";y\n'.repeat(100_000)}`;
  const { delimiter, quote, first } = await found(t, long);
  t.same([delimiter, quote, first], [';', '"', ['a', 'b']]);
});

test('what is given is not found out', async (t) => {
  const { delimiter, quote, first } = await found(t, '"a","b"\n', 'x.csv', {
    delimiter: ';',
    quote: undefined,
  });
  t.same([delimiter, quote, first], [';', undefined, ['"a","b"']]);
});

test('an empty file has no first row; what is no UTF-8 text is refused', async (t) => {
  t.equal((await found(t, '')).first, undefined);
  t.match(
    await refusal(t, found(t, Buffer.from('caf\xe9,b\n', 'latin1'))),
    /x.csv: expected UTF-8 without NUL/,
  );
  t.match(await refusal(t, found(t, 'x', 'x.csv.gz')), /x.csv.gz: the gzip file is truncated/);
});
