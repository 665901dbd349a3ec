import type * as Ort from 'onnxruntime-node';
import { DeviceState } from './device-state.js';
import { inputName, outputName } from './graph.js';
import { load, type Provider } from './load.js';
import type { OnnxGraph } from './onnx.js';
import {
  allocate,
  checkSignature,
  openSession,
  type Arrays,
  type Data,
  type DType,
  type Session,
  type Signature,
  type TensorFunction,
} from './session.js';
import { trace } from './trace.js';
import { checkInteger } from '../errors.js';
import { ort } from './onnx-runtime.js';

export interface CompileOptions {
  /** Threads per ONNX operator; default: ONNX Runtime's, one per physical core. */
  threads?: number;
  /** Where the graph runs; default `cpu`. Operators without a kernel on the device run on the CPU. */
  device?: Provider;
  /**
   * Initial values of inputs that have an output of the same name and type. They stay on the device: each run reads what
   * the previous run wrote, and `run` neither takes nor returns them.
   */
  state?: Arrays;
}

/** A session that keeps state between runs. */
export interface StatefulSession extends Session {
  /** A copy of the current state. */
  read(): Promise<Arrays>;
}

/**
 * Compiles a TensorFlow.js function, gradients included, into a session on ONNX Runtime. `fn` is called once, immediately,
 * with tensors that have no values; tensors it closes over become constants. `signature` fixes all shapes.
 *
 * `run` writes into the same arrays each time and allocates none, so the next run overwrites its results. Values that one
 * run reads from the previous one belong in `state`.
 * @throws CompileError when `fn` reads a value or needs a kernel that has no ONNX form (for these types); BackendError
 * when the device cannot be used; whatever `fn` throws.
 */
export async function compile(
  fn: TensorFunction,
  signature: Signature,
  { threads, device = 'cpu', state = {} }: CompileOptions = {},
): Promise<StatefulSession> {
  if (threads !== undefined) checkInteger('threads', threads);
  checkSignature(signature);
  const graph = trace(fn, signature, { standardProducts: device === 'webgpu' }).finish();
  const kept = Object.keys(state);
  const session = await load(graph, { threads, device, kept });
  const outputs = outputSignature(graph);
  const [inputs, results] = [without(signature, kept), without(outputs, kept)];
  const { arrays, tensors } = outputSet(results);
  const states = new DeviceState(pick(signature, kept), state, device);
  const opened = openSession({
    inputs,
    outputs: results,
    async run(feeds) {
      const fetched = await session.run(
        { ...wrap(inputs, feeds, inputName), ...states.feeds },
        { ...tensors, ...states.fetches },
      );
      states.advance(fetched);
      // If some outputs stay on the device, ONNX Runtime's binding does not write into the arrays it is given.
      if (device === 'webgpu')
        for (const [name, array] of Object.entries(arrays))
          array.set(fetched[outputName(name)]!.data as Data);
      return arrays;
    },
    async release() {
      states[Symbol.dispose]();
      await session.release();
    },
  });
  return { ...opened, read: () => states.read() };
}

function outputSignature({ outputs }: OnnxGraph): Signature {
  const prefix = outputName('').length;
  // A traced graph has neither int64 outputs nor named sizes.
  return Object.fromEntries(
    outputs.map(({ name, ...spec }) => [name.slice(prefix), spec as { dtype: DType; shape: number[] }]),
  );
}

function outputSet(outputs: Signature): { arrays: Arrays; tensors: Record<string, Ort.Tensor> } {
  const arrays = Object.fromEntries(Object.entries(outputs).map(([name, spec]) => [name, allocate(spec)]));
  return { arrays, tensors: wrap(outputs, arrays, outputName) };
}

const pick = (signature: Signature, names: readonly string[]): Signature =>
  Object.fromEntries(names.map((name) => [name, signature[name]!]));

const without = (signature: Signature, names: readonly string[]): Signature =>
  Object.fromEntries(Object.entries(signature).filter(([name]) => !names.includes(name)));

/** Tensors that share the arrays' memory. */
function wrap(
  signature: Signature,
  arrays: Arrays,
  rename: (name: string) => string,
): Record<string, Ort.Tensor> {
  return Object.fromEntries(
    Object.entries(signature).map(([name, { dtype, shape }]) => [
      rename(name),
      new ort.Tensor(dtype, arrays[name]!, shape),
    ]),
  );
}
