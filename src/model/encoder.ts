import type * as tf from '@tensorflow/tfjs';

/** Texts of a batch, packed without padding: text i owns the tokens whose `text` is i. */
export interface Tokens {
  /** Row of the token table for each token, int32 `[tokens]`. */
  row: tf.Tensor1D;
  /** Text of each token, int32 `[tokens]`; `texts` for a token that only fills the shape. */
  text: tf.Tensor1D;
  /** 1 / number of tokens of each text (0 for an empty one), float32 `[texts, 1]`. */
  scale: tf.Tensor2D;
}

/**
 * A text encoder as a pure function. Parameters are named tensors; those in `tables` are gathered: a batch
 * brings the rows it uses, and `Tokens.row` counts within them.
 */
export interface Encoder {
  readonly dim: number;
  /** Names of the parameters of which a batch uses a few rows. */
  readonly tables: readonly string[];
  /** Names of the parameters that weight decay leaves alone. */
  readonly undecayed: readonly string[];
  /** `[texts, dim]`, not normalised. */
  encode(parameters: Record<string, tf.Tensor>, tokens: Tokens): tf.Tensor2D;
}
