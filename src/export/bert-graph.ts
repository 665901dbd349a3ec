/** The BERT family as an ONNX graph; `src/model/encoders/bert.ts` is the same on packed texts. */
import { Graph, type Value } from '../engine/graph.js';
import type { OnnxGraph } from '../engine/onnx.js';
import {
  families,
  NORM,
  POSITIONS,
  TYPES,
  WORDS,
  type BertConfig,
} from '../model/encoders/bert-parameters.js';
import type { Tensors } from '../formats/safetensors.js';
import * as layers from './layers.js';

/** Maps `input_ids`, `attention_mask` and, for BERT, `token_type_ids` to `last_hidden_state`. */
export function bertGraph(config: BertConfig, parameters: Tensors): OnnxGraph {
  const { family, prefix, dim, heads, types, epsilon } = config;
  const graph = new Graph();
  const table = (name: string): Value => graph.parameter(prefix + name, parameters[prefix + name]!);
  const norm = (x: Value, name: string): Value =>
    layers.layerNorm(graph, x, { scale: table(`${name}.weight`), bias: table(`${name}.bias`), epsilon });
  const dense = (x: Value, name: string): Value => {
    const weight = `${prefix}${name}.weight`;
    const factor = graph.parameter(weight, layers.transposed(parameters[weight]!));
    return layers.add(graph, layers.matMul(graph, x, factor), table(`${name}.bias`));
  };

  const ids = graph.openInput('input_ids', layers.TOKENS);
  const mask = layers.hidden(graph, graph.openInput('attention_mask', layers.TOKENS));
  let x = layers.add(
    graph,
    layers.gather(graph, table(WORDS), ids),
    layers.firstRows(graph, table(POSITIONS), layers.lengthOf(graph, ids)),
  );
  if (types > 0) {
    const type = graph.openInput('token_type_ids', layers.TOKENS);
    x = layers.add(graph, x, layers.gather(graph, table(TYPES), type));
  }
  x = norm(x, NORM);
  for (let i = 0; i < config.layers; i++) {
    const layer = families[family](i);
    const parts = { query: dense(x, layer.query), key: dense(x, layer.key), value: dense(x, layer.value) };
    const seen = layers.attention(graph, { ...parts, mask, heads });
    x = norm(layers.add(graph, x, dense(seen, layer.output)), layer.outputNorm);
    const fed = dense(layers.gelu(graph, dense(x, layer.inner)), layer.outer);
    x = norm(layers.add(graph, x, fed), layer.outerNorm);
  }
  graph.openOutput('last_hidden_state', x, { dtype: 'float32', shape: [...layers.TOKENS.shape, dim] });
  return graph.finish();
}
