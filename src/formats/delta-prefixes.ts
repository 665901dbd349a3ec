/**
 * Texts that are stored without what each shares with the one before (DELTA_BYTE_ARRAY of Parquet): the decoder allocates the
 * shared lengths as they are, so that a few bytes may ask for gigabytes.
 */
import { readVarint, readZigzag, type Reader } from './thrift.js';

const MOST_BITS = 32;

/** @throws RangeError if the first `count` lengths of what is shared are negative, damaged, or in all above `most` bytes. */
export function checkPrefixes(reader: Reader, { count, most }: { count: number; most: number }): void {
  const [block, minis] = [readVarint(reader), readVarint(reader)];
  const size = block / minis;
  if (!(size >= 8 && size % 8 === 0)) throw new RangeError(`a block of ${block} lengths in ${minis} parts`);
  readVarint(reader); // their number, which the decoder does not use either
  let length = readZigzag(reader);
  let sum = 0;
  const add = (): void => {
    sum += length;
    if (length < 0 || sum > most)
      throw new RangeError(`a page with a text that shares ${length} bytes with the one before`);
  };
  if (count > 0) add();
  for (let left = count - 1; left > 0;) {
    const least = readZigzag(reader);
    const widths = reader.offset;
    reader.offset += minis;
    for (let mini = 0; mini < minis && left > 0; mini++) {
      const bits = reader.view.getUint8(widths + mini);
      if (bits > MOST_BITS) throw new RangeError(`a page with lengths of ${bits} bits`);
      for (let i = 0; i < size && left > 0; i++, left--) {
        length = (length + least + numberAt(reader, i * bits, bits)) | 0;
        add();
      }
      reader.offset += (size * bits) / 8;
    }
  }
}

/** A number of `bits` bits, the lowest first, `at` bits from where the reader is. */
function numberAt({ view, offset }: Reader, at: number, bits: number): number {
  let number = 0;
  for (let bit = 0; bit < bits; bit++) {
    const place = at + bit;
    number |= ((view.getUint8(offset + (place >> 3)) >> (place & 7)) & 1) << bit;
  }
  return number;
}
