/**
 * Universal Sentence Encoder Lite (Cer et al. 2018): two pre-norm transformer layers over subwords, the mean over a text's
 * tokens, and a tanh layer. The package's model, trainable; it has no dropout.
 */
import * as tf from '@tensorflow/tfjs';
import { BLOCK, throughBlocks } from '../layers/blocks.js';
import type { Encoder, Tokens } from './encoder.js';
import { attention } from '../layers/attention.js';
import { affine } from '../layers/linear.js';
import { layerNorm } from '../layers/layer-norm.js';
import { meanOfTokens } from '../layers/pooling.js';
import {
  DIM,
  EMBEDDING,
  EPSILON,
  HEADS,
  LAYERS,
  timingSignal,
  useLiteShapes,
} from './use-lite-parameters.js';

export function useLite(blockTokens = BLOCK): Encoder {
  return {
    dim: DIM,
    tables: { embedding: EMBEDDING },
    dense: useLiteShapes(),
    attends: true,
    kept: 12 * 1024,
    decays: (name) => name.endsWith('.weight'),
    dropouts: () => [],
    encode(parameters, tokens) {
      const parameter = (name: string) => parameters[name]!;
      const dense = (x: tf.Tensor2D, name: string) =>
        affine(x, parameter(`${name}.weight`), parameter(`${name}.bias`));
      const norm = (x: tf.Tensor2D, name: string) =>
        layerNorm(x, parameter(`${name}.scale`), parameter(`${name}.bias`), EPSILON);

      /** Twice the embedding: after adding the positions, the graph adds the embeddings once more. */
      const embed = ({ row, position, width }: Tokens): tf.Tensor2D => {
        const words = tf.gather(parameter('embedding') as tf.Tensor2D, row);
        const signal = tf.tensor2d(timingSignal(width), [width, EMBEDDING]);
        return tf.add(tf.mul(words, 2), tf.gather(signal, position));
      };

      const layer = (x: tf.Tensor2D, mask: tf.Tensor4D, i: number): tf.Tensor2D => {
        const name = `layers.${i}`;
        const normal = norm(x, `${name}.attention.norm`);
        const part = (which: string) => dense(normal, `${name}.attention.${which}`);
        const [query, key, value] = [part('query'), part('key'), part('value')];
        const seen = attention({ query, key, value, mask, heads: HEADS });
        const kept = LAYERS[i] === DIM ? x : dense(x, `${name}.residual`);
        const added = tf.add<tf.Tensor2D>(kept, dense(seen, `${name}.attention.output`));
        const inner = tf.relu(dense(norm(added, `${name}.feed.norm`), `${name}.feed.inner`));
        return tf.add(added, dense(inner, `${name}.feed.outer`));
      };

      const throughLayers = (block: tf.Tensor2D, mask: tf.Tensor4D) =>
        LAYERS.reduce<tf.Tensor2D>((seen, _width, i) => layer(seen, mask, i), block);
      const x = throughBlocks(embed(tokens), tokens, throughLayers, blockTokens);
      return tf.tanh(dense(meanOfTokens(x, tokens), 'tanh'));
    },
  };
}
