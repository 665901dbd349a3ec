import { test } from 'tap';
import { guardPages, LARGEST_PAGE } from '../../src/formats/parquet-pages.js';

/** A number in Thrift's encoding. */
const int = (value: number): number[] => sevenBits(value >= 0 ? 2 * value : -2 * value - 1);
const sevenBits = (left: number): number[] =>
  left < 128 ? [left] : [(left % 128) + 128, ...sevenBits(Math.floor(left / 128))];

interface PageBytes {
  type?: number;
  values?: number;
  encoding?: number;
  unpacked?: number;
  packed?: number;
  content: number[];
}

/** A page of version 1 with its header; the lengths are those of its content unless they are given. */
function page({ type = 0, values = 4, encoding = 8, unpacked, packed, content }: PageBytes): number[] {
  const size = content.length;
  const header = [0x15, ...int(type), 0x15, ...int(unpacked ?? size), 0x15, ...int(packed ?? size)];
  const own = [type === 2 ? 0x4c : 0x2c, 0x15, ...int(values), 0x15, ...int(encoding), 0];
  return [...header, ...own, 0, ...content];
}

const check = (bytes: number[], values = 10): void => {
  guardPages({ packed: false, values, levels: [0, 1] }).check(Uint8Array.from(bytes).buffer);
};

const DICTIONARY = page({ type: 2, values: 3, encoding: 0, content: [1, 2, 3] });
/** Four definition levels of 1, then four bit-packed indices of two bits. */
const DATA = [2, 0, 0, 0, 8, 1, 2, 3, 0b11100100, 0];

test('valid pages are accepted', async (t) => {
  t.doesNotThrow(() => {
    check([...DICTIONARY, ...page({ content: DATA }), ...page({ content: DATA })]);
  });
});

test('an impossible length, number of values or kind of page is refused', async (t) => {
  const refused: [Partial<PageBytes>, string][] = [
    [{ packed: -20 }, 'packed bytes of a page: expected 0..10, got -20'],
    [{ packed: 11 }, 'packed bytes of a page: expected 0..10, got 11'],
    [{ unpacked: -1 }, 'bytes of a page: expected 0..268435456, got -1'],
    [{ unpacked: LARGEST_PAGE + 1 }, 'bytes of a page: expected 0..268435456, got 268435457'],
    [{ values: 11 }, 'values of a page: expected 0..10, got 11'],
    [{ type: 3 }, 'values of a page: expected 0..10, got no number'],
    [{ type: 9 }, 'type of a page: expected 0..3, got 9'],
    [{ encoding: 3 }, 'a page of booleans'],
    [{ encoding: 10 }, 'encoding of a page: expected 0..9, got 10'],
  ];
  for (const [change, message] of refused)
    t.throws(
      () => {
        check([...DICTIONARY, ...page({ content: DATA, ...change })]);
      },
      { name: 'RangeError', message },
    );
});

test('a number that the decoder would misread is refused', async (t) => {
  const page = (length: number[]) => [0x15, 0, 0x15, 20, ...length, 0x2c, 0x15, 8, 0x15, 16, 0, 0, ...DATA];
  t.doesNotThrow(() => {
    check(page([0x15, 20]));
  });
  const others = { bytes: [0x18, 1, 65], 'a long number': [0x16, 20], true: [0x11], negative: [0x13, 0xf6] };
  for (const [name, length] of Object.entries(others))
    t.throws(
      () => {
        check(page(length));
      },
      /packed bytes of a page: expected 0..10, got (no number|-10)/,
      name,
    );
});

test('a run that is longer than its page is refused, in levels and in indices', async (t) => {
  const long = [0xfe, 0xff, 0xff, 0x7f]; // a run of 2^27 - 1 equal values
  const message = /values in a run of a page: expected 0..4, got 134217727/;
  t.throws(() => {
    check(page({ content: [5, 0, 0, 0, ...long, 1, 2, 3, 0, 0] }));
  }, message);
  t.throws(() => {
    check(page({ content: [2, 0, 0, 0, 8, 1, 2, ...long, 0] }));
  }, message);
});

test('levels of a list must fit each other', async (t) => {
  const list = (repetitions: number, definitions: number) => {
    const content = [repetitions, definitions].flatMap((levels) => [2, 0, 0, 0, 3, levels]);
    const bytes = page({ encoding: 0, content });
    guardPages({ packed: false, values: 4, levels: [1, 1], emptyList: 0 }).check(
      Uint8Array.from(bytes).buffer,
    );
  };
  t.doesNotThrow(() => {
    list(0b1010, 0b1111);
  });
  t.throws(() => {
    list(0b1010, 0b0111);
  }, /a list that has an element and is empty/);
  t.throws(() => {
    list(0b1010, 0b1110);
  }, /a list that has an element and is empty/);
  t.throws(() => {
    list(0b1011, 0b1111);
  }, /a list that has an element and is empty/);
});

test('compressed pages are checked after decompression', async (t) => {
  const { check, unpack } = guardPages({ packed: true, values: 10, levels: [0, 1] });
  check(Uint8Array.from([...DICTIONARY, ...page({ content: DATA })]).buffer);
  const stored = (content: number[]) =>
    Uint8Array.from([content.length, (content.length - 1) << 2, ...content]);
  const snappy = (content: number[]) => unpack.SNAPPY!(stored(content), content.length);
  t.same([...snappy([1, 2, 3])], [1, 2, 3], 'the dictionary');
  t.throws(
    () => snappy([2, 0, 0, 0, 0xfe, 0x7f, 1, 2, 3]),
    /values in a run of a page: expected 0..4, got 8191/,
  );
});

test('a page that is not packed is given in a buffer that ends with it', async (t) => {
  const pages = Uint8Array.from([...DICTIONARY, ...page({ content: DATA })]).buffer;
  const { check, unpack } = guardPages({ packed: false, values: 10, levels: [0, 1] });
  check(pages);
  const dictionary = new Uint8Array(pages, DICTIONARY.length - 3, 3);
  const { buffer } = unpack.SNAPPY!(dictionary, 3);
  t.same([...new Uint8Array(buffer)], [1, 2, 3]);
});

test('an empty page is decompressed, whatever its codec', async (t) => {
  const { unpack } = guardPages({ packed: true, values: 10, levels: [1, 2] });
  for (const codec of ['SNAPPY', 'GZIP', 'BROTLI', 'ZSTD', 'LZ4', 'LZ4_RAW'] as const)
    t.equal(unpack[codec]!(Uint8Array.of(0), 0).length, 0, codec);
});
