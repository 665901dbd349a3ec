/** The bag of embeddings as an ONNX graph; `src/model/encoders/bag.ts` is the same on packed texts. */
import { Graph, type Value } from '../engine/graph.js';
import { elementwise } from '../engine/kernels/kernel.js';
import type { OnnxGraph } from '../engine/onnx.js';
import type { Tensors } from '../formats/safetensors.js';
import * as layers from './layers.js';

/**
 * Maps `input_ids` and `attention_mask` to `last_hidden_state`: the text's vector at each of its tokens, so that both mean
 * and first-token pooling return that vector.
 */
export function bagGraph(dim: number, parameters: Tensors): OnnxGraph {
  const graph = new Graph();
  const parameter = (name: string): Value => graph.parameter(name, parameters[name]!);
  const dense = (x: Value, name: string): Value =>
    layers.add(graph, layers.matMul(graph, x, parameter(`${name}.weight`)), parameter(`${name}.bias`));

  const ids = graph.openInput('input_ids', layers.TOKENS);
  const mask = layers.maskOf(graph, graph.openInput('attention_mask', layers.TOKENS), [2]);
  const tokens = layers.gather(graph, parameter('embedding'), ids);
  const mean = layers.meanOfTokens(graph, tokens, mask);
  const hidden = dense(mean, 'linear');
  const residual = dense(elementwise(graph, 'Relu', [hidden]), 'residual');
  const text = layers.add(graph, hidden, residual);
  layers.openText(graph, text, tokens, dim);
  return graph.finish();
}
