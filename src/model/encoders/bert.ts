/** The BERT family (Devlin et al. 2019): post-norm transformer encoders. */
import * as tf from '@tensorflow/tfjs';
import {
  bertShapes,
  families,
  NORM,
  POSITIONS,
  TYPES,
  WORDS,
  type BertConfig,
  type LayerNames,
} from './bert-parameters.js';
import { BLOCK, blocksOf, throughBlocks, type Block } from '../layers/blocks.js';
import type { Dropout, Encoder, Tokens } from './encoder.js';
import { attention } from '../layers/attention.js';
import { gelu } from '../layers/gelu.js';
import { layerNorm } from '../layers/layer-norm.js';
import { linear } from '../layers/linear.js';
import { firstOfTokens, meanOfTokens } from '../layers/pooling.js';

/** All tokens are of type 0. Pooled over all tokens of a text, or its first. */
export function bert(config: BertConfig, blockTokens = BLOCK): Encoder {
  const { family, prefix, dim, layers, heads, inner, pooling } = config;
  const dense = Object.entries(bertShapes(config)).map(([name, shape]) => [prefix + name, shape] as const);
  return {
    dim,
    tables: { [prefix + WORDS]: dim },
    dense: Object.fromEntries(dense),
    attends: true,
    kept: layers * (8 * dim + 2 * inner) + 6 * inner, // the last term: backward pass through one layer
    // As published: DistilBERT's norms have other names, so weight decay applies to them.
    decays: (name) => !/bias|LayerNorm\.weight/.test(name),
    dropouts(sequences, width) {
      const hidden = (size: number) => ({ shape: [size * width, dim], rate: config.dropout });
      const weights = (size: number) => ({
        shape: [size, heads, width, width],
        rate: config.attentionDropout,
      });
      const ofBlock = ({ size }: Block) =>
        Array.from({ length: layers }, () => [weights(size), hidden(size), hidden(size)]).flat();
      return [hidden(sequences), ...blocksOf(sequences, width, blockTokens).flatMap(ofBlock)].filter(
        ({ rate }) => rate > 0,
      );
    },
    encode(parameters, tokens, dropout) {
      const { embed, layer } = partsOf(config, parameters, dropout);
      const throughLayers = (block: tf.Tensor2D, mask: tf.Tensor4D) => {
        let seen = block;
        for (let i = 0; i < layers; i++) seen = layer(seen, mask, families[family](i));
        return seen;
      };
      const x = throughBlocks(embed(tokens), tokens, throughLayers, blockTokens);
      return pooling === 'cls' ? firstOfTokens(x, tokens) : meanOfTokens(x, tokens);
    },
  };
}

/** The embedding of tokens, and a layer, with dropout in training. */
function partsOf(config: BertConfig, parameters: Record<string, tf.Tensor>, dropout?: Dropout) {
  const { prefix, dim, heads, positions, types, epsilon } = config;
  const parameter = (name: string) => parameters[prefix + name]!;
  const dense = (x: tf.Tensor2D, name: string) =>
    linear(x, parameter(`${name}.weight`), parameter(`${name}.bias`));
  const norm = (x: tf.Tensor2D, name: string) =>
    layerNorm(x, parameter(`${name}.weight`), parameter(`${name}.bias`), epsilon);
  const drop = (x: tf.Tensor2D) => (dropout && config.dropout > 0 ? tf.mul<tf.Tensor2D>(x, dropout()) : x);
  const dropWeights = () => (config.attentionDropout > 0 ? dropout?.() : undefined);
  return {
    embed: ({ row, position, width }: Tokens): tf.Tensor2D => {
      const words = tf.gather(parameter(WORDS) as tf.Tensor2D, row);
      const rows = Math.min(width, positions);
      const reached = tf.slice(parameter(POSITIONS) as tf.Tensor2D, [0, 0], [rows, dim]);
      const x = tf.add<tf.Tensor2D>(words, tf.gather(reached, position));
      const type = () => tf.slice(parameter(TYPES) as tf.Tensor2D, [0, 0], [1, dim]);
      return drop(norm(types === 0 ? x : tf.add(x, type()), NORM));
    },
    layer: (x: tf.Tensor2D, mask: tf.Tensor4D, names: LayerNames): tf.Tensor2D => {
      const [query, key, value] = [dense(x, names.query), dense(x, names.key), dense(x, names.value)];
      const seen = attention({ query, key, value, mask, heads, dropout: dropWeights() });
      const added = norm(tf.add<tf.Tensor2D>(x, drop(dense(seen, names.output))), names.outputNorm);
      const fed = dense(gelu(dense(added, names.inner)), names.outer);
      return norm(tf.add<tf.Tensor2D>(added, drop(fed)), names.outerNorm);
    },
  };
}
