/** Universal Sentence Encoder Lite as an ONNX graph; `src/model/encoders/use-lite.ts` is the same on packed texts. */
import { Graph, type Value } from '../engine/graph.js';
import { elementwise } from '../engine/kernels/kernel.js';
import type { OnnxGraph } from '../engine/onnx.js';
import {
  DIM,
  EMBEDDING,
  EPSILON,
  HEADS,
  LAYERS,
  timingSignal,
} from '../model/encoders/use-lite-parameters.js';
import type { Tensors } from '../formats/safetensors.js';
import * as layers from './layers.js';

/** Number of positions with sinusoids in the file: the maximum number of tokens of a text. */
const POSITIONS = 512;

/** Maps `input_ids` and `attention_mask` to `last_hidden_state`: the text's vector at each of its tokens. */
export function useLiteGraph(parameters: Tensors): OnnxGraph {
  const graph = new Graph();
  const parameter = (name: string): Value => graph.parameter(name, parameters[name]!);
  const dense = (x: Value, name: string): Value =>
    layers.add(graph, layers.matMul(graph, x, parameter(`${name}.weight`)), parameter(`${name}.bias`));
  const norm = (x: Value, name: string): Value =>
    layers.layerNorm(graph, x, {
      scale: parameter(`${name}.scale`),
      bias: parameter(`${name}.bias`),
      epsilon: EPSILON,
    });

  const ids = graph.openInput('input_ids', layers.TOKENS);
  const present = graph.openInput('attention_mask', layers.TOKENS);
  const mask = layers.hidden(graph, present);
  const words = layers.gather(graph, parameter('embedding'), ids);
  const signal = graph.parameter('timing', { shape: [POSITIONS, EMBEDDING], data: timingSignal(POSITIONS) });
  let x = layers.add(
    graph,
    layers.mul(graph, words, layers.number(graph, 2)),
    layers.firstRows(graph, signal, layers.lengthOf(graph, ids)),
  );
  LAYERS.forEach((width, i) => {
    const name = `layers.${i}`;
    const normal = norm(x, `${name}.attention.norm`);
    const part = (which: string): Value => dense(normal, `${name}.attention.${which}`);
    const parts = { query: part('query'), key: part('key'), value: part('value') };
    const seen = layers.attention(graph, { ...parts, mask, heads: HEADS });
    const kept = width === DIM ? x : dense(x, `${name}.residual`);
    const added = layers.add(graph, kept, dense(seen, `${name}.attention.output`));
    const inner = dense(norm(added, `${name}.feed.norm`), `${name}.feed.inner`);
    x = layers.add(graph, added, dense(elementwise(graph, 'Relu', [inner]), `${name}.feed.outer`));
  });
  const mean = layers.meanOfTokens(graph, x, layers.maskOf(graph, present, [2]));
  layers.openText(graph, elementwise(graph, 'Tanh', [dense(mean, 'tanh')]), ids, DIM);
  return graph.finish();
}
