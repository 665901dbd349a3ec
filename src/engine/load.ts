import type * as Ort from 'onnxruntime-node';
import { BackendError } from '../errors.js';
import { CompileError } from './errors.js';
import { outputName } from './graph.js';
import { encodeModel, type OnnxGraph } from './onnx.js';
import { ort } from './onnx-runtime.js';

/** The execution providers of ONNX Runtime that a session can run on. */
export type Provider = 'cpu' | 'webgpu' | 'cuda';

interface LoadOptions {
  /** Threads per ONNX operator; default: ONNX Runtime's. */
  threads?: number | undefined;
  device: Provider;
  /** Outputs, by unprefixed name, that stay on a WebGPU device. */
  kept?: readonly string[];
}

/** @throws BackendError when the device cannot be used; CompileError when the graph cannot be run on the CPU. */
export async function load(
  graph: OnnxGraph,
  { threads, device, kept = [] }: LoadOptions,
): Promise<Ort.InferenceSession> {
  try {
    return await ort.InferenceSession.create(encodeModel(graph), {
      graphOptimizationLevel: 'all',
      logSeverityLevel: 3, // errors: the warnings concern hand-written graphs
      enableMemPattern: false, // one block for all of a run takes a fifth more memory and saves no time
      // Otherwise its idle threads spin, which takes the cores from the threads that prepare the next batch.
      extra: { session: { force_spinning_stop: '1' } },
      ...(threads !== undefined && { intraOpNumThreads: threads }),
      ...(device !== 'cpu' && { executionProviders: [device] }),
      ...(device === 'webgpu' && {
        preferredOutputLocation: Object.fromEntries(
          kept.map((name) => [outputName(name), 'gpu-buffer'] as const),
        ),
      }),
    });
  } catch (error) {
    const { message } = error as Error;
    if (device !== 'cpu')
      throw new BackendError(`device ${device}: ${message.split('was false. ').at(-1)!.trim()}`, {
        cause: error,
      });
    throw new CompileError(`ONNX Runtime rejects the graph: ${message}`, { cause: error });
  }
}
