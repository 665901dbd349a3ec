import { test } from 'tap';
import { checkFrame } from '../../src/formats/zstd-frame.js';

/** The beginning of a frame: its mark, flags, and the bytes after them. */
const frame = (flags: number, ...rest: number[]): Uint8Array =>
  Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, flags, ...rest);

const check = (packed: Uint8Array, length: number) => () => {
  checkFrame(packed, length);
};

test('a frame of as many bytes as its page, in any form of its header, is accepted', async (t) => {
  t.doesNotThrow(check(frame(0x20, 200), 200), 'one byte');
  t.doesNotThrow(check(frame(0x60, 44, 1), 556), 'two bytes');
  t.doesNotThrow(check(frame(0xa0, 0, 0, 1, 0), 65_536), 'four bytes');
  t.doesNotThrow(check(frame(0xe0, 0, 0, 1, 0, 0, 0, 0, 0), 65_536), 'eight bytes');
  t.doesNotThrow(check(frame(0x80, 0xff, 0, 0, 1, 0), 65_536), 'a window that is not allocated');
  t.doesNotThrow(check(frame(0x22, 9, 9, 200), 200), 'a dictionary');
  t.doesNotThrow(check(frame(0x00, 17 << 3), 10), 'a window of 128 MiB');
});

test('a frame that claims more is refused', async (t) => {
  t.throws(check(frame(0x20, 201), 200), new RangeError('a frame of 201 bytes in a page of 200'));
  t.throws(check(frame(0x60, 44, 1), 555), new RangeError('a frame of 556 bytes in a page of 555'));
  t.throws(check(frame(0xe0, 0, 0, 0, 0, 1, 0, 0, 0), 99), /a frame of 4294967296 bytes/);
  t.throws(check(frame(0x00, (17 << 3) + 1), 10), /a window of 150994944 bytes, at most 134217728 are taken/);
  t.throws(check(frame(0x00), 10), RangeError, 'the header is cut');
});
