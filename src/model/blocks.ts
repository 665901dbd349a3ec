/** Some sequences of a batch, `size` from the `first` on. */
export interface Block {
  first: number;
  size: number;
}

/** Tokens that go through the layers together: what lies between two matrix products then stays in the cache. */
const BLOCK_TOKENS = 2048;

/** All sequences, cut into equal blocks but for the last. */
export function blocksOf(sequences: number, width: number): Block[] {
  const count = Math.max(1, Math.round((sequences * width) / BLOCK_TOKENS));
  const size = Math.ceil(sequences / count);
  return Array.from({ length: Math.ceil(sequences / size) }, (_x, i) => ({
    first: i * size,
    size: Math.min(size, sequences - i * size),
  }));
}
