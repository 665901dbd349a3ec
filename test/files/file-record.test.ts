import { closeSync, openSync, truncateSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'tap';
import { checkAtOpening, recordOf } from '../../src/files/file-record.js';

const MIB = 2 ** 20;
const SIZE = 20 * MIB + 5;

/** Overwrites a part of a file. */
function overwrite(path: string, at: number, bytes: Uint8Array): void {
  const fd = openSync(path, 'r+');
  writeSync(fd, bytes, 0, bytes.length, at);
  closeSync(fd);
}

test('of a large file some blocks are compared at opening', async (t) => {
  const dir = t.testdir();
  const path = join(dir, 'x.npy');
  const bytes = Buffer.from(Uint32Array.from({ length: SIZE / 4 + 1 }, (_x, i) => i * 2654435761).buffer);
  const whole = bytes.subarray(0, SIZE);
  writeFileSync(path, whole);
  const record = await recordOf(path);
  const opening = (): unknown => {
    try {
      checkAtOpening(dir, { 'x.npy': record });
    } catch (error) {
      return (error as Error).message;
    }
    return 'opened';
  };
  t.equal(opening(), 'opened');
  const message = `${path}: not what was written; it is damaged, or was changed`;
  for (const at of [0, SIZE - 1]) {
    overwrite(path, at, Uint8Array.of(whole[at]! ^ 1));
    t.equal(opening(), message, `byte ${at}`);
    overwrite(path, at, Uint8Array.of(whole[at]!));
  }
  for (const at of [3 * MIB, 11 * MIB]) {
    overwrite(path, at, new Uint8Array(MIB));
    t.equal(opening(), message, `zeros from ${at} on`);
    overwrite(path, at, whole.subarray(at, at + MIB));
  }
  t.equal(opening(), 'opened');
  truncateSync(path, SIZE - 1);
  t.equal(opening(), message);
});

test('of a large file without blocks in its record the size is compared', async (t) => {
  const dir = t.testdir();
  writeFileSync(join(dir, 'x.npy'), Buffer.alloc(SIZE));
  const { bytes, sha256 } = await recordOf(join(dir, 'x.npy'));
  checkAtOpening(dir, { 'x.npy': { bytes, sha256 } });
  t.throws(
    () => {
      checkAtOpening(dir, { 'x.npy': { bytes: SIZE - 1, sha256 } });
    },
    { message: /not what was written/ },
  );
});
