import type { Room } from '../engine/room.js';
import type { Packed } from './pack.js';
import { endToEnd, layOut, longest, type Layout } from './sequences.js';
import type { Encoder } from '../model/encoders/encoder.js';

/** Widths are multiples of it: a few more tokens a sequence make fewer shapes. */
const WIDTH_STEP = 8;

/** Where the texts lie for this encoder. The width of the sequences is that of the longest text so far. */
export function arrange({ offsets }: Packed, { attends }: Encoder, room: Room): Layout {
  if (!attends) return endToEnd(offsets);
  return layOut(offsets, room.fit('width', longest(offsets), { step: WIDTH_STEP, headroom: 0 }));
}

/** As many sequences as there is room for: the number in a shape. */
export const roomFor = ({ sequences, width }: Layout, room: Room): number =>
  room.fit('sequences', sequences, { step: Math.ceil(64 / width) });
