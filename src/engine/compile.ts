import * as ort from 'onnxruntime-node';
import { CompileError } from './errors.js';
import { inputName, outputName } from './graph.js';
import { encodeModel, type OnnxGraph } from './onnx.js';
import {
  allocate,
  checkSignature,
  openSession,
  type Arrays,
  type DType,
  type Session,
  type Signature,
  type TensorFunction,
} from './session.js';
import { trace } from './trace.js';

export interface CompileOptions {
  /** Threads that one operator may use; the default is ONNX Runtime's own: one for each physical core. */
  threads?: number;
}

/**
 * Makes of a TensorFlow.js function, gradients included, a session on ONNX Runtime. `fn` is called once, now, with
 * tensors that have no values; tensors it closes over become constants. All shapes are fixed by `signature`.
 *
 * `run` writes into two sets of output arrays by turns and allocates none: what it gives is overwritten by the
 * second-next run.
 * @throws CompileError when `fn` reads a value or needs a kernel that has no ONNX form (for these types); whatever
 * `fn` throws.
 */
export async function compile(
  fn: TensorFunction,
  signature: Signature,
  { threads }: CompileOptions = {},
): Promise<Session> {
  if (threads !== undefined && (!Number.isInteger(threads) || threads < 1))
    throw new RangeError(`threads: expected at least 1, got ${threads}`);
  checkSignature(signature);
  const graph = trace(fn, signature).finish();
  const session = await load(encodeModel(graph), threads);
  const outputs = outputSignature(graph);
  const sets = [outputSet(outputs), outputSet(outputs)] as const;
  let turn: 0 | 1 = 0;
  return openSession({
    inputs: signature,
    outputs,
    async run(feeds) {
      const { arrays, tensors } = sets[turn];
      turn = turn === 0 ? 1 : 0;
      await session.run(wrap(signature, feeds, inputName), tensors);
      return arrays;
    },
    release: () => session.release(),
  });
}

async function load(model: Uint8Array, threads: number | undefined): Promise<ort.InferenceSession> {
  try {
    return await ort.InferenceSession.create(model, {
      graphOptimizationLevel: 'all',
      logSeverityLevel: 3, // errors: its warnings are about graphs that people write
      enableMemPattern: false, // one block for the whole run takes a fifth more memory and no less time
      ...(threads !== undefined && { intraOpNumThreads: threads }),
    });
  } catch (error) {
    throw new CompileError(`ONNX Runtime does not take the graph: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

function outputSignature({ outputs }: OnnxGraph): Signature {
  const prefix = outputName('').length;
  return Object.fromEntries(
    outputs.map(({ name, dtype, shape }) => [name.slice(prefix), { dtype: dtype as DType, shape }]),
  );
}

function outputSet(outputs: Signature): { arrays: Arrays; tensors: Record<string, ort.Tensor> } {
  const arrays = Object.fromEntries(Object.entries(outputs).map(([name, spec]) => [name, allocate(spec)]));
  return { arrays, tensors: wrap(outputs, arrays, outputName) };
}

/** Tensors over the same memory. */
function wrap(
  signature: Signature,
  arrays: Arrays,
  rename: (name: string) => string,
): Record<string, ort.Tensor> {
  return Object.fromEntries(
    Object.entries(signature).map(([name, { dtype, shape }]) => [
      rename(name),
      new ort.Tensor(dtype, arrays[name]!, shape),
    ]),
  );
}
