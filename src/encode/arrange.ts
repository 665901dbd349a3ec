import type { Room } from '../engine/room.js';
import type { Packed } from './pack.js';
import { endToEnd, layOut, longest, type Layout } from './sequences.js';
import type { Encoder } from '../model/encoders/encoder.js';

/** Widths are multiples of this: a few more tokens per sequence make fewer shapes. */
const WIDTH_STEP = 8;

/** The layout of the texts for this encoder. Sequences are as wide as the longest text so far. */
export function arrange({ offsets }: Packed, { attends }: Encoder, room: Room): Layout {
  if (!attends) return endToEnd(offsets);
  return layOut(offsets, room.fit('width', longest(offsets), { step: WIDTH_STEP, headroom: 0 }));
}

/** The padded number of sequences in a shape. */
export const roomFor = ({ sequences, width }: Layout, room: Room): number =>
  room.fit('sequences', sequences, { step: Math.ceil(64 / width) });
