/**
 * Module I as functions of tensors, whole and in the parts of a cached gradient: encode by chunks, the loss over all
 * embeddings, then encode again and go back by chunks (Gao et al. 2021). Inputs are `p/` and a dense parameter's name,
 * `rows/` and a table's, the texts, and what a function says of its own; gradients come out as `gradient/` and a name.
 */
import * as tf from '@tensorflow/tfjs';
import type { Signature, TensorFunction } from '../engine/session.js';
import type { Encoder } from '../model/encoders/encoder.js';
import type { OhnmOptions } from '../model/losses/ohnm-triplet.js';
import { moduleOne } from '../model/module-one.js';
import {
  encoderSignature,
  float,
  parametersOf,
  type EncoderShape,
  type Inputs,
} from '../encode/signature.js';
import { dropoutOf, dropoutSignature } from './dropout.js';
import { tokensOf } from '../encode/texts.js';

export interface LossShape {
  /** B texts and B labels. */
  batch: number;
  /** Whether there are auxiliary vectors. */
  auxiliary: boolean;
}

const trainedSignature = (encoder: Encoder, shape: EncoderShape): Signature => ({
  ...encoderSignature(encoder, shape),
  ...dropoutSignature(encoder, shape),
});

function lossSignature({ dim }: Encoder, { batch, auxiliary }: LossShape): Signature {
  return {
    target: { dtype: 'bool', shape: [batch, batch] },
    ...(auxiliary && {
      'rows/auxiliary': float(batch, dim),
      'auxiliary.row': { dtype: 'int32', shape: [batch] },
    }),
  };
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

/** The loss, its gradients by `values`, and the texts' embeddings for the memory bank. */
function lossGradients(
  values: Inputs,
  embeddingsOf: (values: Inputs) => tf.Tensor2D,
  inputs: Inputs,
  loss: OhnmOptions,
): Inputs {
  let texts: tf.Tensor | undefined;
  const { value, outputs } = gradients(values, (named) => {
    const auxiliary = named['auxiliary'] && {
      vectors: named['auxiliary'] as tf.Tensor2D,
      row: inputs['auxiliary.row'] as tf.Tensor1D,
    };
    const result = moduleOne(
      embeddingsOf(named),
      { target: inputs['target'] as tf.Tensor2D, auxiliary },
      loss,
    );
    texts = tf.keep(result.texts); // leaves the scope of the gradient
    return result.loss;
  });
  outputs['texts'] = tf.clone(texts!);
  tf.dispose(texts!);
  return { loss: value, ...outputs };
}

export interface Step {
  signature: Signature;
  fn: TensorFunction;
}

/** Loss and every gradient at once. `texts` are the texts' embeddings, for the memory bank. */
export function wholeStep(encoder: Encoder, shape: EncoderShape & LossShape, loss: OhnmOptions): Step {
  return {
    signature: { ...trainedSignature(encoder, shape), ...lossSignature(encoder, shape) },
    fn: (inputs) => {
      const parameters = parametersOf(inputs, encoder);
      if (shape.auxiliary) parameters['auxiliary'] = inputs['rows/auxiliary']!;
      const encode = (named: Inputs) =>
        encoder.encode(named, tokensOf(inputs, shape), dropoutOf(inputs, encoder, shape));
      return lossGradients(parameters, encode, inputs, loss);
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

/** From all `embeddings` (input, `[2B, dim]`) to the loss, its gradient by them and by the auxiliary rows. */
export function lossStep(encoder: Encoder, shape: LossShape, loss: OhnmOptions): Step {
  return {
    signature: { embeddings: float(2 * shape.batch, encoder.dim), ...lossSignature(encoder, shape) },
    fn: (inputs) => {
      const values: Inputs = { embeddings: inputs['embeddings']! };
      if (shape.auxiliary) values['auxiliary'] = inputs['rows/auxiliary']!;
      return lossGradients(values, ({ embeddings }) => embeddings as tf.Tensor2D, inputs, loss);
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
