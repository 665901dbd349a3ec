import fc from 'fast-check';
import { truncateSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'tap';
import { TextReader, TextWriter } from '../../src/store/texts.js';

function write(base: string, batches: readonly string[][]): void {
  using writer = new TextWriter(base);
  for (const batch of batches) writer.append(batch);
  writer.finish();
}

test('texts are read back by row, whatever they hold', async (t) => {
  const base = join(t.testdir(), 'labels');
  const text = fc.oneof(fc.string({ unit: 'grapheme' }), fc.constantFrom('', ' ', '日本', '😀', 'a\nb\0c'));
  const property = fc.property(fc.array(fc.array(text, { maxLength: 5 }), { maxLength: 5 }), (batches) => {
    write(base, batches);
    using reader = new TextReader(base);
    const texts = batches.flat();
    t.equal(reader.rows, texts.length);
    t.same(reader.gather(Int32Array.from(texts.keys())), texts);
  });
  fc.assert(property, { seed: 23, numRuns: 40 });
});

test('rows can be read in any order and only within the store', async (t) => {
  const base = join(t.testdir(), 'labels');
  write(base, [['a', 'b', 'c']]);
  using reader = new TextReader(base);
  t.same(reader.gather(Int32Array.of(2, 0, 2, 1)), ['c', 'a', 'c', 'b']);
  t.throws(() => reader.gather(Int32Array.of(3)), {
    name: 'RangeError',
    message: /labels.offsets.npy: rows 3..5 are not within 0..4/,
  });
  t.throws(() => reader.gather(Int32Array.of(-1)), RangeError);
});

test('a store that is missing or truncated is refused', async (t) => {
  const base = join(t.testdir(), 'labels');
  t.throws(() => new TextReader(base), /labels.offsets.npy: cannot be opened \(ENOENT\)/);
  write(base, [['long enough']]);
  truncateSync(`${base}.utf8.npy`, 130);
  t.throws(() => new TextReader(base), /labels.utf8.npy: 130 bytes, 139 expected/);
});
