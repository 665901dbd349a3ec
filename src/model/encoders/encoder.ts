import type * as tf from '@tensorflow/tfjs';

/**
 * Texts of a batch, packed without padding. If tokens attend to each other, several texts are concatenated in one
 * sequence of `width` tokens, and no text is split: the batch is `[tokens / width, width]`.
 */
export interface Tokens {
  /** Row of the token table for each token, int32 `[tokens]`. */
  row: tf.Tensor1D;
  /** Text of each token, int32 `[tokens]`; `texts` for padding. */
  text: tf.Tensor1D;
  /** Position of each token in its text, from 0, int32 `[tokens]`. */
  position: tf.Tensor1D;
  /** 1 / number of tokens of each text (0 for an empty one), float32 `[texts, 1]`. */
  scale: tf.Tensor2D;
  /** Weight of each token (tf-idf, say), float32 `[tokens, 1]`, 0 for padding; present if the encoder is `weighted`. */
  weight?: tf.Tensor2D;
  /** Where each text starts, int32 `[texts]`; undefined for an empty text. */
  first: tf.Tensor1D;
  /** Tokens of a sequence; divides the number of tokens. 1 if tokens do not attend to each other. */
  width: number;
}

/** A place of dropout (Srivastava et al. 2014). */
export interface DropoutSpec {
  shape: readonly number[];
  /** Share of the values that is set to zero. */
  rate: number;
}
/** The factors for the next of the encoder's `dropouts`: 0, or else 1 / (1 − rate). */
export type Dropout = () => tf.Tensor;

/**
 * A text encoder as a pure function. Parameters are named tensors; those in `tables` are gathered: a batch
 * brings the rows it uses, and `Tokens.row` counts within them.
 */
export interface Encoder {
  readonly dim: number;
  /** Parameters of which a batch uses only some rows, with the row length. */
  readonly tables: Readonly<Record<string, number>>;
  /** The other parameters, with their shapes. */
  readonly dense: Readonly<Record<string, readonly number[]>>;
  /** Whether tokens of a text attend to each other, so that a text must be within one sequence. */
  readonly attends: boolean;
  /** Whether `encode` reads the mean of each text's rows only, so that it may be given texts of one token, their mean; default false. */
  readonly pools?: boolean;
  /** Whether tokens have weights; default false. */
  readonly weighted?: boolean;
  /** Approximate number of values kept per token until the backward pass. */
  readonly kept: number;
  /** Whether weight decay applies to a dense parameter. */
  decays(name: string): boolean;
  /** Places of dropout in training, in the order of use. */
  dropouts(sequences: number, width: number): readonly DropoutSpec[];
  /** `[texts, dim]`, not normalised. In training with `dropout`, which is called once for each of `dropouts`. */
  encode(parameters: Record<string, tf.Tensor>, tokens: Tokens, dropout?: Dropout): tf.Tensor2D;
}
