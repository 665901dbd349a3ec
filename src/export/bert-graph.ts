/** The BERT family as an ONNX graph; `src/model/bert.ts` is the same over packed texts. */
import { ANY, Graph, type Value } from '../engine/graph.js';
import type { OnnxGraph } from '../engine/onnx.js';
import { families, NORM, POSITIONS, TYPES, WORDS, type BertConfig } from '../model/bert-parameters.js';
import type { Tensors } from '../store/safetensors.js';
import * as layers from './layers.js';

/** Stands for −∞: what is masked gets a weight of exactly 0. */
const MASKED = -1e9;

/** From `input_ids`, `attention_mask` and, for BERT, `token_type_ids` to `last_hidden_state`. */
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
  const mask = hidden(graph, graph.openInput('attention_mask', layers.TOKENS));
  let x = layers.add(
    graph,
    layers.gather(graph, table(WORDS), ids),
    firstRows(graph, table(POSITIONS), lengthOf(graph, ids)),
  );
  if (types > 0) {
    const type = graph.openInput('token_type_ids', layers.TOKENS);
    x = layers.add(graph, x, layers.gather(graph, table(TYPES), type));
  }
  x = norm(x, NORM);
  for (let i = 0; i < config.layers; i++) {
    const layer = families[family](i);
    const parts = { query: dense(x, layer.query), key: dense(x, layer.key), value: dense(x, layer.value) };
    const seen = attention(graph, { ...parts, mask, heads });
    x = norm(layers.add(graph, x, dense(seen, layer.output)), layer.outputNorm);
    const fed = dense(layers.gelu(graph, dense(x, layer.inner)), layer.outer);
    x = norm(layers.add(graph, x, fed), layer.outerNorm);
  }
  graph.openOutput('last_hidden_state', x, { dtype: 'float32', shape: [...layers.TOKENS.shape, dim] });
  return graph.finish();
}

/** What is added to the scores, `[batch, 1, 1, length]`. */
function hidden(graph: Graph, mask: Value): Value {
  const absent = layers.sub(graph, layers.number(graph, 1), layers.maskOf(graph, mask, [1, 2]));
  return layers.mul(graph, absent, layers.number(graph, MASKED));
}

/** Tokens of a text, int64 `[1]`. */
const lengthOf = (graph: Graph, ids: Value): Value =>
  graph.emit('Shape', [ids], { dtype: 'int64', shape: [1] }, { attributes: { start: 1, end: 2 } });

/** `[positions, dim]` → `[length, dim]`. */
const firstRows = (graph: Graph, table: Value, length: Value): Value =>
  graph.emit('Slice', [table, graph.ints([0]), length, graph.ints([0])], {
    dtype: 'float32',
    shape: [ANY, table.shape[1]!],
  });

type AttentionInputs = Record<'query' | 'key' | 'value' | 'mask', Value> & { heads: number };

function attention(graph: Graph, { query, key, value, mask, heads }: AttentionInputs): Value {
  const dim = query.shape[2]!;
  const split = (x: Value): Value => layers.reshape(graph, x, [0, 0, heads, dim / heads]);
  const q = layers.transpose(graph, split(query), [0, 2, 1, 3]);
  const k = layers.transpose(graph, split(key), [0, 2, 3, 1]);
  const v = layers.transpose(graph, split(value), [0, 2, 1, 3]);
  const factor = layers.number(graph, Math.sqrt(dim / heads));
  const scores = layers.div(graph, layers.matMul(graph, q, k), factor);
  const weights = layers.softmax(graph, layers.add(graph, scores, mask));
  const seen = layers.transpose(graph, layers.matMul(graph, weights, v), [0, 2, 1, 3]);
  return layers.reshape(graph, seen, [0, 0, dim]);
}
