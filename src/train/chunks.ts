/** A batch in parts, each small enough for its backward pass to fit the memory. */
import { selectTexts, type Packed } from '../encode/pack.js';
import type { Layout } from '../encode/sequences.js';

/** Some texts of a batch. */
export interface Chunk {
  /** Which, by their place in the batch. */
  texts: number[];
  /** Where each begins among the chunk's tokens. */
  begin: number[];
  /** Their tokens, with the ids that they use and no others. */
  tokens: Packed;
}

/** The texts by the layout of the batch, cut after every `size` sequences. */
export function chunksOf(tokens: Packed, { begin, sequences, width }: Layout, size: number): Chunk[] {
  const parts = Array.from({ length: Math.ceil(sequences / size) }, () => ({
    texts: [] as number[],
    begin: [] as number[],
  }));
  begin.forEach((at, text) => {
    const index = Math.floor(at / (size * width));
    parts[index]!.texts.push(text);
    parts[index]!.begin.push(at - index * size * width);
  });
  return parts.map((part) => ({ ...part, tokens: selectTexts(tokens, part.texts) }));
}
