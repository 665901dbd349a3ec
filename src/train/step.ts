import * as tf from '@tensorflow/tfjs';
import type { DType, Signature, TensorFunction } from '../engine/session.js';
import { adamw } from '../model/adamw.js';
import type { Encoder } from '../model/encoder.js';
import type { OhnmOptions } from '../model/losses.js';
import { moduleOne } from '../model/module-one.js';

/** Everything that fixes the shapes of one step. */
export interface StepShape {
  /** B texts and B labels. */
  batch: number;
  /** Tokens, filled up. */
  tokens: number;
  /** Rows gathered of the token table, filled up. */
  rows: number;
  /** Whether there are auxiliary vectors. */
  auxiliary: boolean;
  /** Shapes of the dense parameters, by name. */
  dense: Record<string, readonly number[]>;
}

const spec = (dtype: DType, shape: readonly number[]) => ({ dtype, shape });

/** Inputs of a step: `p/`, `m/`, `v/` and a dense parameter's name; `rows/` and a table's; the batch. */
export function stepSignature({ dim, tables }: Encoder, shape: StepShape): Signature {
  const { batch, tokens, rows, auxiliary, dense } = shape;
  const signature: Record<string, Signature[string]> = {
    row: spec('int32', [tokens]),
    text: spec('int32', [tokens]),
    scale: spec('float32', [2 * batch, 1]),
    target: spec('bool', [batch, batch]),
    size: spec('float32', []),
    decay: spec('float32', []),
  };
  for (const [name, parameter] of Object.entries(dense))
    for (const part of ['p', 'm', 'v']) signature[`${part}/${name}`] = spec('float32', parameter);
  for (const table of tables) signature[`rows/${table}`] = spec('float32', [rows, dim]);
  if (auxiliary) {
    signature['rows/auxiliary'] = spec('float32', [batch, dim]);
    signature['auxiliary.row'] = spec('int32', [batch]);
  }
  return signature;
}

/**
 * One step of Module I as a function of tensors: loss, gradients, and AdamW for the dense parameters. Outputs
 * `loss`, `texts` (the texts' embeddings, for the memory bank), the new `p/`, `m/`, `v/`, and for each table
 * `gradient/` of the rows that were gathered.
 */
export function stepFunction(
  encoder: Encoder,
  { dense, auxiliary }: StepShape,
  loss: OhnmOptions,
): TensorFunction {
  const tables = auxiliary ? [...encoder.tables, 'auxiliary'] : encoder.tables;
  const names = [...Object.keys(dense), ...tables];
  return (inputs) => {
    const input = (name: string) => inputs[name]!;
    const values = names.map((name) => input(name in dense ? `p/${name}` : `rows/${name}`));
    const pairs = {
      tokens: {
        row: input('row') as tf.Tensor1D,
        text: input('text') as tf.Tensor1D,
        scale: input('scale') as tf.Tensor2D,
      },
      target: input('target') as tf.Tensor2D,
      auxiliaryRow: auxiliary ? (input('auxiliary.row') as tf.Tensor1D) : undefined,
    };
    let texts: tf.Tensor | undefined;
    const { value, grads } = tf.valueAndGrads((...parameters: tf.Tensor[]) => {
      const named = Object.fromEntries(names.map((name, i) => [name, parameters[i]!]));
      const result = moduleOne(encoder, named, pairs, loss);
      texts = tf.keep(result.texts); // leaves the scope of the gradient
      return result.loss;
    })(values);
    const outputs: Record<string, tf.Tensor> = { loss: value, texts: tf.clone(texts!) };
    tf.dispose(texts!);
    names.forEach((name, i) => {
      if (!(name in dense)) {
        outputs[`gradient/${name}`] = grads[i]!;
        return;
      }
      const { parameter, m, v } = adamw(
        values[i]!,
        grads[i]!,
        { m: input(`m/${name}`), v: input(`v/${name}`) },
        { size: input('size'), decay: encoder.undecayed.includes(name) ? undefined : input('decay') },
      );
      Object.assign(outputs, { [`p/${name}`]: parameter, [`m/${name}`]: m, [`v/${name}`]: v });
    });
    return outputs;
  };
}
