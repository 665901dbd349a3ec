import type { OnnxGraph } from '../engine/onnx.js';
import type { Model, ModelConfig } from '../encode/model-folder.js';
import type { Tensors } from '../formats/safetensors.js';
import { bagGraph } from './bag-graph.js';
import { bertGraph } from './bert-graph.js';
import { useLiteGraph } from './use-lite-graph.js';

type Kind = ModelConfig['encoder'];
type GraphOf<K extends Kind> = (
  config: Extract<ModelConfig, { encoder: K }>,
  parameters: Tensors,
) => OnnxGraph;

/** One graph per kind of encoder. All take `input_ids` and `attention_mask` and return `last_hidden_state`. */
const graphs: { readonly [K in Kind]: GraphOf<K> } = {
  bag: ({ dim }, parameters) => bagGraph(dim, parameters),
  'use-lite': (_config, parameters) => useLiteGraph(parameters),
  bert: ({ bert }, parameters) => bertGraph(bert, parameters),
};

/** A model's encoder as an ONNX graph. */
export const graphOf = ({ config, parameters }: Model): OnnxGraph =>
  (graphs[config.encoder] as GraphOf<Kind>)(config, parameters);
