import fc from 'fast-check';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'tap';
import { gzipSync } from 'node:zlib';
import { readLines, type Line, type ReadLinesOptions } from '../../src/formats/lines.js';
import { collect } from '../collect.js';
import { refusal } from '../refusal.js';

const lines = async (path: string, options?: ReadLinesOptions): Promise<Line[]> =>
  (await collect(readLines(path, options))).flat();
const textsOf = async (path: string): Promise<string[]> => (await lines(path)).map(({ text }) => text);

test('lines have their number, and any line ending is accepted', async (t) => {
  const path = join(t.testdir({ 'x.txt': 'a\r\n\nb\rb\n' }), 'x.txt');
  const read = (await lines(path)).map(({ place, text }) => ({ place, text }));
  t.same(read, [
    { place: `${path}:1`, text: 'a' },
    { place: `${path}:2`, text: '' },
    { place: `${path}:3`, text: 'b\rb' },
  ]);
  writeFileSync(path, 'last\r\nwithout end');
  t.same(await textsOf(path), ['last', 'without end']);
  writeFileSync(path, '');
  t.same(await textsOf(path), []);
});

test('chunks of the file may end within a line, a character and a line end', async (t) => {
  const dir = t.testdir();
  const text = fc.array(fc.constantFrom('日', 'é', 'a', '😀', '日本'.repeat(40_000), '\r\n', '\n'), {
    maxLength: 40,
  });
  const property = fc.asyncProperty(text, fc.boolean(), async (parts, packed) => {
    const content = parts.join('');
    const path = join(dir, packed ? 'x.gz' : 'x');
    writeFileSync(path, packed ? gzipSync(content) : content);
    const expected = content.split(/\r?\n/);
    if (expected.at(-1) === '') expected.pop();
    t.same(await textsOf(path), expected);
  });
  await fc.assert(property, { seed: 5, numRuns: 40 });
});

test('concatenated gzip files are read as one', async (t) => {
  const path = join(t.testdir(), 'x.gz');
  writeFileSync(path, Buffer.concat([gzipSync('a\nb'), gzipSync('c\n')]));
  t.same(await textsOf(path), ['a', 'bc']);
});

test('a file that cannot be read to its end is refused, naming the line', async (t) => {
  const dir = t.testdir({ plain: 'x', 'plain.gz': 'not packed at all', empty: '' });
  const packed = gzipSync('first\nsecond');
  writeFileSync(join(dir, 'cut.gz'), packed.subarray(0, packed.length - 4));
  writeFileSync(join(dir, 'empty.gz'), '');
  writeFileSync(join(dir, 'tail.gz'), Buffer.concat([packed, Buffer.from('tail')]));
  const refused: [string, RegExp][] = [
    ['missing', /missing: cannot be read: ENOENT/],
    ['.', /: cannot be read: EISDIR/],
    ['cut.gz', /cut.gz:2: the gzip file is truncated/],
    ['empty.gz', /empty.gz:1: the gzip file is truncated/],
    ['plain.gz', /plain.gz:1: not a gzip file, or a damaged one: incorrect header check/],
    ['tail.gz', /tail.gz:1: not a gzip file, or a damaged one/],
  ];
  for (const [name, message] of refused) t.match(await refusal(t, lines(join(dir, name))), message);
});

test('a line that is not UTF-8 is refused when its text is read, others are not', async (t) => {
  const path = join(t.testdir(), 'latin1');
  writeFileSync(path, Buffer.from('one\ncaf\xe9\nthree\n', 'latin1'));
  const [one, two, three] = await lines(path);
  t.same([one!.text, three!.text], ['one', 'three']);
  t.throws(() => two!.text, { name: 'InputError', message: `${path}:2: not UTF-8` });
});

test('UTF-16 is refused, with a mark and without', async (t) => {
  const path = join(t.testdir(), 'utf16');
  writeFileSync(path, Buffer.from('river\nlake\n', 'utf16le'));
  const [first] = await lines(path);
  const message = /utf16:1: contains a NUL; is it UTF-16\? expected UTF-8/;
  t.throws(() => first!.text, { name: 'InputError', message });
  writeFileSync(path, Buffer.from('\ufeffriver\nlake\n', 'utf16le'));
  t.match(await refusal(t, lines(path)), /utf16: UTF-16; expected UTF-8/);
});

test('a line that is too long is refused before it is read to its end', async (t) => {
  const path = join(t.testdir(), 'x.gz');
  writeFileSync(path, gzipSync(`short\n${'x'.repeat(2 ** 22)}`));
  t.match(await refusal(t, lines(path, { longest: 1000 })), /x.gz:2: longer than 1000 bytes/);
  t.ok(readFileSync(path).length < 2 ** 14, 'small when packed');
  writeFileSync(path, gzipSync('12345\n1234\n'));
  t.same((await lines(path, { longest: 5 })).length, 2);
});
