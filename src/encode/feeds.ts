/** An encoder's parameters as feeds of a compiled function; see `encoderSignature`. */
import type { Arrays } from '../engine/session.js';
import type { Room } from '../engine/room.js';
import type { Packed } from './pack.js';
import type { Encoder } from '../model/encoders/encoder.js';
import type { Tensors } from '../formats/safetensors.js';
import { fillRows } from './table-rows.js';
import type { EncoderShape } from './signature.js';

/** The padded number of rows to gather from each table. */
export const rowsOf = ({ tables }: Encoder, count: number, room: Room): EncoderShape['rows'] =>
  Object.fromEntries(Object.keys(tables).map((name) => [name, room.fit(name, count)]));

/** The feeds `p/NAME` of the dense parameters. */
export const denseFeeds = ({ dense }: Encoder, parameters: Tensors): Arrays =>
  Object.fromEntries(Object.keys(dense).map((name) => [`p/${name}`, parameters[name]!.data]));

/** The feeds `rows/NAME` of the tables: the rows that the texts use. */
export const tableFeeds = (
  { tables }: Encoder,
  { ids }: Packed,
  parameters: Tensors,
  { rows }: Pick<EncoderShape, 'rows'>,
): Arrays =>
  Object.fromEntries(
    Object.entries(tables).map(([name, dim]) => [
      `rows/${name}`,
      fillRows(parameters[name]!.data, dim, { ids, count: rows[name]! }),
    ]),
  );
