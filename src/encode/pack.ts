import { distinct, joined, positionOf } from '../formats/arrays.js';
import { toLists, type Lists } from '../formats/lists.js';

/** Texts as lists of token ids, with a weight of each token if the encoder is `weighted`. */
export interface Texts extends Lists {
  weights?: Float32Array;
}

/** Texts of a batch, packed without padding; see `Tokens` in `src/model/encoders/encoder.ts`. */
export interface Packed {
  /** Distinct token ids in use, ascending. */
  ids: Int32Array;
  /** Position in `ids` of each token. */
  row: Int32Array;
  /** Start of each text; finally the number of tokens. */
  offsets: Int32Array;
  /** Of each token, if the texts have weights. */
  weights?: Float32Array;
}

/** Packs the rows of several lists, in order, as one batch of texts. Either all have weights or none. */
export function pack(...parts: readonly Texts[]): Packed {
  const texts = parts.reduce((total, { offsets }) => total + offsets.length - 1, 0);
  const tokens = parts.reduce((total, { values }) => total + values.length, 0);
  const row = new Int32Array(tokens);
  const offsets = new Int32Array(texts + 1);
  let token = 0;
  let index = 0;
  for (const list of parts) {
    row.set(list.values, token);
    for (let i = 1; i < list.offsets.length; i++) {
      const length = list.offsets[i]! - list.offsets[i - 1]!;
      offsets[++index] = token += length;
    }
  }
  const ids = distinct(row);
  const packed = { ids, row: row.map((id) => positionOf(ids, id)), offsets };
  return parts[0]?.weights ? { ...packed, weights: weightsOf(parts) } : packed;
}

/** @throws RangeError if some lists have no weights. */
function weightsOf(parts: readonly Texts[]): Float32Array {
  return joined(
    Float32Array,
    parts.map(({ weights }) => {
      if (!weights) throw new RangeError('pack: expected weights of all texts or of none');
      return weights;
    }),
  );
}

/** A selection of the texts, in the given order, with the ids that they use. */
export function selectTexts({ ids, row, offsets, weights }: Packed, texts: readonly number[]): Packed {
  const lists = toLists(
    texts.map((text) => row.subarray(offsets[text], offsets[text + 1]).map((at) => ids[at]!)),
  );
  if (!weights) return pack(lists);
  return pack({
    ...lists,
    weights: joined(
      Float32Array,
      texts.map((text) => weights.subarray(offsets[text], offsets[text + 1])),
    ),
  });
}
