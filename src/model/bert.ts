/** The BERT family (Devlin et al. 2019): post-norm transformer encoders. Parameters have the names of their checkpoints. */
import * as tf from '@tensorflow/tfjs';
import type { Encoder } from './encoder.js';
import { attention, sameText } from './layers/attention.js';
import { gelu } from './layers/gelu.js';
import { layerNorm } from './layers/layer-norm.js';
import { linear } from './layers/linear.js';
import { firstOfTokens, meanOfTokens } from './pooling.js';

export interface BertConfig {
  /** Which names the parameters have. */
  family: keyof typeof families;
  /** What they begin with, such as `bert.`. */
  prefix: string;
  dim: number;
  layers: number;
  heads: number;
  /** Width of the feed-forward layer. */
  inner: number;
  /** Positions and, for BERT, token types that have embeddings. */
  positions: number;
  types: number;
  /** Added to a variance. */
  epsilon: number;
  /** Shares set to zero in training: of hidden values and of attention weights. */
  dropout: number;
  attentionDropout: number;
  pooling: 'mean' | 'cls';
}

interface LayerNames {
  query: string;
  key: string;
  value: string;
  output: string;
  outputNorm: string;
  inner: string;
  outer: string;
  outerNorm: string;
}

/** The names, by family; each stands for a `.weight` and a `.bias`. */
const families = {
  bert: (i: number): LayerNames => ({
    query: `encoder.layer.${i}.attention.self.query`,
    key: `encoder.layer.${i}.attention.self.key`,
    value: `encoder.layer.${i}.attention.self.value`,
    output: `encoder.layer.${i}.attention.output.dense`,
    outputNorm: `encoder.layer.${i}.attention.output.LayerNorm`,
    inner: `encoder.layer.${i}.intermediate.dense`,
    outer: `encoder.layer.${i}.output.dense`,
    outerNorm: `encoder.layer.${i}.output.LayerNorm`,
  }),
  distilbert: (i: number): LayerNames => ({
    query: `transformer.layer.${i}.attention.q_lin`,
    key: `transformer.layer.${i}.attention.k_lin`,
    value: `transformer.layer.${i}.attention.v_lin`,
    output: `transformer.layer.${i}.attention.out_lin`,
    outputNorm: `transformer.layer.${i}.sa_layer_norm`,
    inner: `transformer.layer.${i}.ffn.lin1`,
    outer: `transformer.layer.${i}.ffn.lin2`,
    outerNorm: `transformer.layer.${i}.output_layer_norm`,
  }),
};

const WORDS = 'embeddings.word_embeddings.weight';
const POSITIONS = 'embeddings.position_embeddings.weight';
const TYPES = 'embeddings.token_type_embeddings.weight';
const NORM = 'embeddings.LayerNorm';

/** Shapes of all dense parameters, without the prefix. */
function shapes({ family, dim, inner, layers, positions, types }: BertConfig): Record<string, number[]> {
  const all: Record<string, number[]> = { [POSITIONS]: [positions, dim] };
  if (types > 0) all[TYPES] = [types, dim];
  const put = (name: string, ...weight: number[]) => {
    Object.assign(all, { [`${name}.weight`]: weight, [`${name}.bias`]: [weight[0]!] });
  };
  put(NORM, dim);
  for (let i = 0; i < layers; i++) {
    const layer = families[family](i);
    for (const name of [layer.query, layer.key, layer.value, layer.output]) put(name, dim, dim);
    put(layer.inner, inner, dim);
    put(layer.outer, dim, inner);
    put(layer.outputNorm, dim);
    put(layer.outerNorm, dim);
  }
  return all;
}

/** Everything is of token type 0. Pooled over all tokens of a text, or its first. */
export function bert(config: BertConfig): Encoder {
  const { family, prefix, dim, layers, heads, inner, epsilon, pooling } = config;
  const dense = Object.entries(shapes(config)).map(([name, shape]) => [prefix + name, shape] as const);
  return {
    dim,
    tables: { [prefix + WORDS]: dim },
    dense: Object.fromEntries(dense),
    attends: true,
    kept: layers * (8 * dim + 2 * inner),
    // As published: DistilBERT's own norms have other names, and so do decay.
    decays: (name) => !/bias|LayerNorm\.weight/.test(name),
    dropouts(sequences, width) {
      const hidden = { shape: [sequences * width, dim], rate: config.dropout };
      const weights = { shape: [sequences, heads, width, width], rate: config.attentionDropout };
      const layer = [weights, hidden, hidden];
      return [hidden, ...Array.from({ length: layers }, () => layer).flat()].filter(({ rate }) => rate > 0);
    },
    encode(parameters, tokens, dropout) {
      const parameter = (name: string) => parameters[prefix + name]!;
      const dense = (x: tf.Tensor2D, name: string) =>
        linear(x, parameter(`${name}.weight`), parameter(`${name}.bias`));
      const norm = (x: tf.Tensor2D, name: string) =>
        layerNorm(x, parameter(`${name}.weight`), parameter(`${name}.bias`), epsilon);
      const drop = (x: tf.Tensor2D) =>
        dropout && config.dropout > 0 ? tf.mul<tf.Tensor2D>(x, dropout()) : x;
      const dropWeights = () => (config.attentionDropout > 0 ? dropout?.() : undefined);

      const { row, position, width } = tokens;
      const mask = sameText(tokens);
      const words = tf.gather(parameter(WORDS) as tf.Tensor2D, row);
      const reached = tf.slice(
        parameter(POSITIONS) as tf.Tensor2D,
        [0, 0],
        [Math.min(width, config.positions), dim],
      );
      let x = tf.add<tf.Tensor2D>(words, tf.gather(reached, position));
      if (config.types > 0) x = tf.add(x, tf.slice(parameter(TYPES) as tf.Tensor2D, [0, 0], [1, dim]));
      x = drop(norm(x, NORM));
      for (let i = 0; i < layers; i++) {
        const layer = families[family](i);
        const [query, key, value] = [dense(x, layer.query), dense(x, layer.key), dense(x, layer.value)];
        const seen = attention({ query, key, value, mask, heads, dropout: dropWeights() });
        x = norm(tf.add<tf.Tensor2D>(x, drop(dense(seen, layer.output))), layer.outputNorm);
        const fed = dense(gelu(dense(x, layer.inner)), layer.outer);
        x = norm(tf.add<tf.Tensor2D>(x, drop(fed)), layer.outerNorm);
      }
      return pooling === 'cls' ? firstOfTokens(x, tokens) : meanOfTokens(x, tokens);
    },
  };
}
