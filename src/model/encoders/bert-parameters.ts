/** Parameters of the BERT family, by their names in its checkpoints. Needs no TensorFlow.js. */

export interface BertConfig {
  /** Which family's names the parameters have. */
  family: keyof typeof families;
  /** Prefix of the names, such as `bert.`. */
  prefix: string;
  dim: number;
  layers: number;
  heads: number;
  /** Width of the feed-forward layer. */
  inner: number;
  /** Number of positions and, for BERT, token types with embeddings. */
  positions: number;
  types: number;
  /** Epsilon, added to a variance. */
  epsilon: number;
  /** Shares set to zero in training: of hidden values and of attention weights. */
  dropout: number;
  attentionDropout: number;
  pooling: 'mean' | 'cls';
}

/** The names, by family; each stands for a `.weight` and a `.bias`. */
export const families = {
  bert: (i: number) => ({
    query: `encoder.layer.${i}.attention.self.query`,
    key: `encoder.layer.${i}.attention.self.key`,
    value: `encoder.layer.${i}.attention.self.value`,
    output: `encoder.layer.${i}.attention.output.dense`,
    outputNorm: `encoder.layer.${i}.attention.output.LayerNorm`,
    inner: `encoder.layer.${i}.intermediate.dense`,
    outer: `encoder.layer.${i}.output.dense`,
    outerNorm: `encoder.layer.${i}.output.LayerNorm`,
  }),
  distilbert: (i: number) => ({
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

export type LayerNames = ReturnType<(typeof families)['bert' | 'distilbert']>;

export const WORDS = 'embeddings.word_embeddings.weight';
export const POSITIONS = 'embeddings.position_embeddings.weight';
export const TYPES = 'embeddings.token_type_embeddings.weight';
export const NORM = 'embeddings.LayerNorm';

/** Shapes of all parameters except the table of words, without the prefix. */
export function bertShapes({
  family,
  dim,
  inner,
  layers,
  positions,
  types,
}: Omit<BertConfig, 'prefix'>): Record<string, number[]> {
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
