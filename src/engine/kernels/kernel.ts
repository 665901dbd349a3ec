import { broadcast_util, type DataType, type TensorInfo } from '@tensorflow/tfjs';
import { sameShape, type Graph, type Value } from '../graph.js';
import type { Attributes, ElementType } from '../onnx.js';

/** Records a TensorFlow.js kernel as ONNX nodes. Inputs and attributes are those of TensorFlow.js' kernel_names.ts. */
export type Kernel = (
  graph: Graph,
  inputs: Readonly<Record<string, Value>>,
  attributes: object,
) => Value | Value[];
export type KernelTable = Readonly<Record<string, Kernel>>;

/**
 * A kernel that TensorFlow.js does not have, forward and back. `forward` gives the value first. `backward` takes `dy`, the
 * inputs that are kept, and the results of `forward` as `saved0`, `saved1`, …; it gives the gradients.
 */
export interface FusedKernel {
  forward: Kernel;
  backward: Kernel;
}

/** Name of the one kernel by which the tracing back end runs half of any `FusedKernel`: its attributes bring it. */
export const FUSED = 'Fused';

export interface FusedAttributes {
  half: Kernel;
  attributes: object;
}

/** Names the inputs and types the attributes of a kernel; TensorFlow.js promises both for each kernel name. */
// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- callers name the type
export function kernel<Input extends string, Attrs extends object = object>(
  build: (graph: Graph, inputs: Readonly<Record<Input, Value>>, attributes: Attrs) => Value | Value[],
): Kernel {
  return build as Kernel;
}

/** @throws Error when the shapes do not broadcast. */
export const broadcastShapes = (...shapes: (readonly number[])[]): number[] =>
  shapes.reduce<number[]>((all, shape) => broadcast_util.assertAndGetBroadcastShape(all, [...shape]), []);

/** The array in its stored shape, for operators that broadcast. */
const stored = (value: Value): Value => ({ ...value, shape: value.stored });

/** An operator that works element by element and broadcasts its inputs. */
export function elementwise(
  graph: Graph,
  op: string,
  inputs: readonly Value[],
  dtype: ElementType = inputs[0]!.dtype,
  attributes: Attributes = {},
): Value {
  const shape = broadcastShapes(...inputs.map((value) => value.stored));
  const value = graph.emit(op, inputs.map(stored), { dtype, shape }, { attributes });
  return { ...value, shape: broadcastShapes(...inputs.map(({ shape }) => shape)) };
}

/** A reshape of a reshape becomes one of the original array: ONNX Runtime would copy the input for each. */
export function reshape(graph: Graph, value: Value, shape: readonly number[]): Value {
  if (value.stored.length === 0 || sameShape(value.shape, shape)) return { ...value, shape };
  const { op, inputs } = graph.origin(value) ?? {};
  if (op === 'Reshape') return reshape(graph, inputs![0]!, shape);
  const attributes = { allowzero: 1 }; // otherwise a size of 0 means the old size
  return graph.emit('Reshape', [value, graph.ints(shape)], { dtype: value.dtype, shape }, { attributes });
}

/** Broadcast, lazily. `shape` must be one that the value broadcasts to. */
export const broadcastTo = (value: Value, shape: readonly number[]): Value => ({ ...value, shape });

/** The array with its axes in the order `perm`. */
export const transpose = (graph: Graph, x: Value, perm: readonly number[]): Value =>
  graph.emit(
    'Transpose',
    [x],
    { dtype: x.dtype, shape: perm.map((from) => x.shape[from]!) },
    { attributes: { perm } },
  );

/** The argument of TensorFlow.js' shape helpers. */
export const tensorInfo = ({ shape, dtype }: Value): TensorInfo => ({
  dataId: {},
  shape: [...shape],
  dtype: dtype as DataType,
});

export const axisOf = (axis: number, rank: number): number => (axis < 0 ? axis + rank : axis);
