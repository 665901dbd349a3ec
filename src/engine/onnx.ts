/**
 * The part of the ONNX format that a traced graph needs, and its encoding.
 * Field numbers are those of onnx.proto (https://github.com/onnx/onnx, IR version 9).
 */
import protobuf from 'protobufjs';

const { root } = protobuf.parse(
  `
  syntax = "proto3";
  package onnx;
  message Model { int64 ir_version = 1; string producer_name = 2; Graph graph = 7; repeated OperatorSet opset_import = 8; }
  message OperatorSet { string domain = 1; int64 version = 2; }
  message Graph {
    repeated Node node = 1; string name = 2; repeated Tensor initializer = 5;
    repeated ValueInfo input = 11; repeated ValueInfo output = 12;
  }
  message Node {
    repeated string input = 1; repeated string output = 2; string name = 3; string op_type = 4;
    repeated Attribute attribute = 5; string domain = 7;
  }
  message Attribute { string name = 1; float f = 2; int64 i = 3; bytes s = 4; repeated int64 ints = 8; int32 type = 20; }
  message Tensor { repeated int64 dims = 1; int32 data_type = 2; string name = 8; bytes raw_data = 9; }
  message ValueInfo { string name = 1; Type type = 2; }
  message Type { TensorType tensor_type = 1; }
  message TensorType { int32 elem_type = 1; Shape shape = 2; }
  message Shape { repeated Dimension dim = 1; }
  message Dimension { oneof value { int64 dim_value = 1; string dim_param = 2; } }
  `,
  { keepCase: true },
);
const Model = root.lookupType('onnx.Model');

/** onnx.proto's TensorProto.DataType, by TensorFlow.js' names where it has them. */
export const elementTypes = { float32: 1, int32: 6, int64: 7, bool: 9, float64: 11 } as const;
export type ElementType = keyof typeof elementTypes;

/** A float attribute; a plain number is an integer attribute. */
export interface Float {
  readonly float: number;
}
export const float = (value: number): Float => ({ float: value });

export type Attribute = number | Float | string | readonly number[];
export type Attributes = Readonly<Record<string, Attribute>>;
/** `com.microsoft` holds ONNX Runtime's own operators. */
export type Domain = '' | 'com.microsoft';
export interface Node {
  readonly op: string;
  readonly domain: Domain;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Attributes;
}
export interface Initializer {
  readonly name: string;
  readonly dtype: ElementType;
  readonly shape: readonly number[];
  /** Little-endian, row-major. */
  readonly bytes: Uint8Array;
}
export interface Port {
  readonly name: string;
  readonly dtype: ElementType;
  /** A name stands for a size known only at run time. */
  readonly shape: readonly (number | string)[];
}
export interface OnnxGraph {
  readonly nodes: readonly Node[];
  readonly initializers: readonly Initializer[];
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
}

const attributeType = { float: 1, int: 2, string: 3, ints: 7 } as const;

function attribute(name: string, value: Attribute): object {
  if (typeof value === 'string') return { name, s: Buffer.from(value), type: attributeType.string };
  if (typeof value === 'number') return { name, i: value, type: attributeType.int };
  if ('float' in value) return { name, f: value.float, type: attributeType.float };
  return { name, ints: value, type: attributeType.ints };
}

const dimension = (size: number | string): object =>
  typeof size === 'string' ? { dim_param: size } : { dim_value: size };

const port = ({ name, dtype, shape }: Port): object => ({
  name,
  type: { tensor_type: { elem_type: elementTypes[dtype], shape: { dim: shape.map(dimension) } } },
});

/** A serialized ModelProto (opset 18, and com.microsoft 1 if a node uses it). */
export function encodeModel({ nodes, initializers, inputs, outputs }: OnnxGraph): Uint8Array {
  const graph = {
    name: 'dexa',
    node: nodes.map((node, i) => ({
      name: `${node.op}_${i}`,
      op_type: node.op,
      domain: node.domain,
      input: node.inputs,
      output: node.outputs,
      attribute: Object.entries(node.attributes).map(([name, value]) => attribute(name, value)),
    })),
    initializer: initializers.map(({ name, dtype, shape, bytes }) => ({
      name,
      dims: shape,
      data_type: elementTypes[dtype],
      raw_data: bytes,
    })),
    input: inputs.map(port),
    output: outputs.map(port),
  };
  const opset_import = [{ domain: '', version: 18 }];
  if (nodes.some(({ domain }) => domain === 'com.microsoft'))
    opset_import.push({ domain: 'com.microsoft', version: 1 });
  return Model.encode({ ir_version: 9, producer_name: 'dexa', graph, opset_import }).finish();
}
