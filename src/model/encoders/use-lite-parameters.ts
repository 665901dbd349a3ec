/** Names, shapes and sizes of Universal Sentence Encoder Lite's parameters. Needs no TensorFlow.js. */

/** Width of the subword embeddings, and of the output. */
export const EMBEDDING = 256;
export const DIM = 512;
export const HEADS = 4;
/** Width of the feed-forward layers. */
const INNER = 1536;
/** Epsilon, added to a variance. */
export const EPSILON = 1e-6;

/** Input width of each layer. All give `DIM`. */
export const LAYERS = [EMBEDDING, DIM] as const;

/** Shapes of the dense parameters; weights are `[in, out]`. */
export function useLiteShapes(): Record<string, number[]> {
  const shapes: Record<string, number[]> = {};
  const affine = (name: string, from: number, to: number) =>
    Object.assign(shapes, { [`${name}.weight`]: [from, to], [`${name}.bias`]: [to] });
  const norm = (name: string, dim: number) =>
    Object.assign(shapes, { [`${name}.scale`]: [dim], [`${name}.bias`]: [dim] });
  LAYERS.forEach((width, i) => {
    norm(`layers.${i}.attention.norm`, width);
    for (const part of ['query', 'key', 'value']) affine(`layers.${i}.attention.${part}`, width, width);
    affine(`layers.${i}.attention.output`, width, DIM);
    if (width !== DIM) affine(`layers.${i}.residual`, width, DIM);
    norm(`layers.${i}.feed.norm`, DIM);
    affine(`layers.${i}.feed.inner`, DIM, INNER);
    affine(`layers.${i}.feed.outer`, INNER, DIM);
  });
  affine('tanh', DIM, DIM);
  return shapes;
}

/**
 * Sinusoids of positions 0 … count − 1, `[count, EMBEDDING]`: sines of falling frequencies, then cosines
 * (Vaswani et al. 2017).
 */
export function timingSignal(count: number): Float32Array {
  const half = EMBEDDING / 2;
  const signal = new Float32Array(count * EMBEDDING);
  for (let position = 0; position < count; position++)
    for (let i = 0; i < half; i++) {
      const angle = position * 10_000 ** (-i / (half - 1));
      signal[position * EMBEDDING + i] = Math.sin(angle);
      signal[position * EMBEDDING + half + i] = Math.cos(angle);
    }
  return signal;
}
