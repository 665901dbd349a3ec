/** Sequence packing: texts of any length laid end to end in sequences of one width, so that hardly a token is padding. */

/** Where texts lie: text i begins at token `begin[i]` of `sequences × width`. */
export interface Layout {
  begin: Int32Array;
  sequences: number;
  width: number;
}

/** Texts one after the other, as sequences of one token: where tokens do not see each other. */
export const endToEnd = (offsets: Int32Array): Layout => ({
  begin: offsets.slice(0, -1),
  sequences: offsets.at(-1)!,
  width: 1,
});

/**
 * Best fit, longest text first: each goes where the least room is left that still holds it. `offsets` say where each
 * text's tokens begin, and where the last ends. @throws RangeError if a text is longer than `width`.
 */
export function layOut(offsets: Int32Array, width: number): Layout {
  const texts = offsets.length - 1;
  const byLength = Array.from({ length: width + 1 }, (): number[] => []);
  for (let text = 0; text < texts; text++) {
    const length = offsets[text + 1]! - offsets[text]!;
    if (length > width) throw new RangeError(`a text of ${length} tokens does not fit sequences of ${width}`);
    byLength[length]!.push(text);
  }
  const open = Array.from({ length: width + 1 }, (): number[] => []); // by room left: where it begins
  const begin = new Int32Array(texts);
  let sequences = 0;
  for (let length = width; length > 0; length--)
    for (const text of byLength[length]!) {
      let room = length;
      while (room < width && open[room]!.length === 0) room++;
      const at = room < width ? open[room]!.pop()! : sequences++ * width;
      begin[text] = at;
      if (room > length) open[room - length]!.push(at + length);
    }
  return { begin, sequences, width };
}

/** The longest text, in tokens. */
export const longest = (offsets: Int32Array): number =>
  offsets.reduce((most, offset, i) => Math.max(most, i === 0 ? 0 : offset - offsets[i - 1]!), 0);
