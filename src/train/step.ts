/**
 * An objective as functions of tensors: in one pass, or in the parts of gradient caching (Gao et al. 2021): encode by chunks,
 * compute the loss over all embeddings, then encode again and back-propagate by chunks. Inputs are `p/` and a parameter's
 * name, `rows/` and a table's, the texts, `batch/` and the objective's own; outputs `loss`, `gradient/…` and `kept/…`.
 */
import * as tf from '@tensorflow/tfjs';
import type { Signature, Spec, TensorFunction } from '../engine/session.js';
import type { Encoder } from '../model/encoders/encoder.js';
import {
  encoderSignature,
  float,
  parametersOf,
  type EncoderShape,
  type Inputs,
} from '../encode/signature.js';
import { tokensOf } from '../encode/texts.js';
import { dropoutOf, dropoutSignature } from './dropout.js';
import type { Objective } from './objective.js';

export interface Step {
  signature: Signature;
  fn: TensorFunction;
}

/** What a loss takes besides embeddings. */
export interface LossShape {
  /** The objective's parameters without the encoder's: the input of each, `p/…` or `rows/…`, by name. */
  parameters: Readonly<Record<string, { input: string; shape: readonly number[]; trained: boolean }>>;
  inputs: Readonly<Record<string, Spec>>;
}

type Loss = Objective['loss'];

const trainedSignature = (encoder: Encoder, shape: EncoderShape): Signature => ({
  ...encoderSignature(encoder, shape),
  ...dropoutSignature(encoder, shape),
});

const lossSignature = ({ parameters, inputs }: LossShape): Signature =>
  Object.fromEntries([
    ...Object.values(parameters).map(({ input, shape }) => [input, float(...shape)] as const),
    ...Object.entries(inputs).map(([name, spec]) => [`batch/${name}`, spec] as const),
  ]);

/** The objective's own parameters by name, those whose `trained` is as given. */
function ownParameters(given: Inputs, { parameters }: LossShape, trained: boolean): Inputs {
  const own = Object.entries(parameters).filter(([, parameter]) => parameter.trained === trained);
  return Object.fromEntries(own.map(([name, { input }]) => [name, given[input]!]));
}

/** The gradients of a scalar function of named tensors. */
function gradients(values: Inputs, fn: (values: Inputs) => tf.Scalar): { value: tf.Scalar; outputs: Inputs } {
  const names = Object.keys(values);
  const named = (tensors: tf.Tensor[]) => Object.fromEntries(names.map((name, i) => [name, tensors[i]!]));
  const { value, grads } = tf.valueAndGrads((...tensors: tf.Tensor[]) => fn(named(tensors)))(
    Object.values(values),
  );
  return { value, outputs: Object.fromEntries(names.map((name, i) => [`gradient/${name}`, grads[i]!])) };
}

/** The loss, its gradients by `values`, and what it keeps. */
function lossGradients(
  values: Inputs,
  embeddingsOf: (values: Inputs) => tf.Tensor2D | undefined,
  given: Inputs,
  { loss, shape }: { loss: Loss; shape: LossShape },
): Inputs {
  const fixed = ownParameters(given, shape, false);
  const inputs = Object.fromEntries(Object.keys(shape.inputs).map((name) => [name, given[`batch/${name}`]!]));
  let kept: Inputs = {};
  const { value, outputs } = gradients(values, (named) => {
    const result = loss({ ...named, ...fixed }, inputs, embeddingsOf(named));
    // Kept tensors outlive the scope of the gradient.
    kept = Object.fromEntries(Object.entries(result.keep ?? {}).map(([name, x]) => [name, tf.keep(x)]));
    return result.loss;
  });
  for (const [name, tensor] of Object.entries(kept)) outputs[`kept/${name}`] = tf.clone(tensor);
  tf.dispose(kept);
  return { loss: value, ...outputs };
}

/** The loss and all gradients in one pass, through the encoder if there is one. */
export function wholeStep(
  loss: Loss,
  shape: LossShape,
  texts?: { encoder: Encoder; shape: EncoderShape },
): Step {
  return {
    signature: { ...(texts && trainedSignature(texts.encoder, texts.shape)), ...lossSignature(shape) },
    fn: (inputs) => {
      const encode = (named: Inputs) =>
        texts?.encoder.encode(
          named,
          tokensOf(inputs, texts.shape),
          dropoutOf(inputs, texts.encoder, texts.shape),
        );
      const parameters = {
        ...(texts && parametersOf(inputs, texts.encoder)),
        ...ownParameters(inputs, shape, true),
      };
      return lossGradients(parameters, encode, inputs, { loss, shape });
    },
  };
}

/** `embeddings` of a chunk of texts. */
export function encodeStep(encoder: Encoder, shape: EncoderShape): Step {
  return {
    signature: trainedSignature(encoder, shape),
    fn: (inputs) => ({
      embeddings: encoder.encode(
        parametersOf(inputs, encoder),
        tokensOf(inputs, shape),
        dropoutOf(inputs, encoder, shape),
      ),
    }),
  };
}

/** From all `embeddings` (input, `[texts, dim]`) to the loss and its gradients by them and by the objective's parameters. */
export function lossStep(
  loss: Loss,
  shape: LossShape,
  embeddings: readonly [texts: number, dim: number],
): Step {
  return {
    signature: { embeddings: float(...embeddings), ...lossSignature(shape) },
    fn: (inputs) => {
      const values = { embeddings: inputs['embeddings']!, ...ownParameters(inputs, shape, true) };
      const given = ({ embeddings }: Inputs) => embeddings as tf.Tensor2D;
      return lossGradients(values, given, inputs, { loss, shape });
    },
  };
}

/** From `gradient` (input, `[texts, dim]`: the loss by a chunk's embeddings) to the gradients of the parameters. */
export function backwardStep(encoder: Encoder, shape: EncoderShape): Step {
  return {
    signature: { ...trainedSignature(encoder, shape), gradient: float(shape.texts, encoder.dim) },
    fn: (inputs) =>
      gradients(parametersOf(inputs, encoder), (named) => {
        const embeddings = encoder.encode(named, tokensOf(inputs, shape), dropoutOf(inputs, encoder, shape));
        return tf.sum(tf.mul(embeddings, inputs['gradient']!));
      }).outputs,
  };
}
