/** The header of a frame of Zstandard (RFC 8878, section 3.1.1.1): the decoder allocates as much as it claims. */

/** The largest window, in bytes, that Zstandard's own decoder takes by default. */
const LARGEST_WINDOW = 2 ** 27;

/** @throws RangeError if the frame is to have more than `length` bytes, or an unknown number of them in a larger window. */
export function checkFrame(packed: Uint8Array, length: number): void {
  const view = new DataView(packed.buffer, packed.byteOffset, packed.byteLength);
  const flags = view.getUint8(4);
  const hasWindow = (flags & 32) === 0;
  const dictionary = [0, 1, 2, 4][flags & 3]!;
  const size = [hasWindow ? 0 : 1, 2, 4, 8][flags >> 6]!;
  const content = readSize(view, 5 + Number(hasWindow) + dictionary, size);
  if (content > length) throw new RangeError(`a frame of ${content} bytes in a page of ${length}`);
  if (content > 0 || !hasWindow) return;
  const descriptor = view.getUint8(5);
  const window = 2 ** (10 + (descriptor >> 3)) * (1 + (descriptor & 7) / 8);
  if (window > LARGEST_WINDOW)
    throw new RangeError(`a frame with a window of ${window} bytes, at most ${LARGEST_WINDOW} are taken`);
}

/** A number of 0, 1, 2, 4 or 8 bytes; that of 2 bytes is 256 more. */
function readSize(view: DataView, at: number, bytes: number): number {
  if (bytes === 0) return 0;
  if (bytes === 1) return view.getUint8(at);
  if (bytes === 2) return view.getUint16(at, true) + 256;
  return bytes === 4 ? view.getUint32(at, true) : Number(view.getBigUint64(at, true));
}
