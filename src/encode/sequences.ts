/** Sequence packing: texts of any length share sequences of one width, with almost no padding. */

/** Position of the texts: text i begins at token `begin[i]` of `sequences × width`. */
export interface Layout {
  begin: Int32Array;
  sequences: number;
  width: number;
}

/** Texts one after the other, in sequences of one token: for encoders without attention. */
export const endToEnd = (offsets: Int32Array): Layout => ({
  begin: offsets.slice(0, -1),
  sequences: offsets.at(-1)!,
  width: 1,
});

/**
 * Best fit, longest text first: each text goes into the smallest gap that holds it. `offsets` are the start of each text and
 * the end of the last. @throws RangeError if a text is longer than `width`.
 */
export function layOut(offsets: Int32Array, width: number): Layout {
  const texts = offsets.length - 1;
  const byLength = Array.from({ length: width + 1 }, (): number[] => []);
  for (let text = 0; text < texts; text++) {
    const length = offsets[text + 1]! - offsets[text]!;
    if (length > width) throw new RangeError(`a text of ${length} tokens does not fit sequences of ${width}`);
    byLength[length]!.push(text);
  }
  const gaps = Array.from({ length: width + 1 }, (): number[] => []); // starts of gaps, by length
  const begin = new Int32Array(texts);
  let sequences = 0;
  for (let length = width; length > 0; length--)
    for (const text of byLength[length]!) {
      let gap = length;
      while (gap < width && gaps[gap]!.length === 0) gap++;
      const at = gap < width ? gaps[gap]!.pop()! : sequences++ * width;
      begin[text] = at;
      if (gap > length) gaps[gap - length]!.push(at + length);
    }
  return { begin, sequences, width };
}

/** Length of the longest text, in tokens. */
export const longest = (offsets: Int32Array): number =>
  offsets.reduce((most, offset, i) => Math.max(most, i === 0 ? 0 : offset - offsets[i - 1]!), 0);
