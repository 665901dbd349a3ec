import * as ort from 'onnxruntime-node';
import { BackendError, CompileError } from './errors.js';
import { outputName } from './graph.js';
import { encodeModel, type OnnxGraph } from './onnx.js';

/** ONNX Runtime's execution providers that a session can be asked to run on. */
export type Provider = 'cpu' | 'webgpu' | 'cuda';

interface LoadOptions {
  /** Default: ONNX Runtime's own. */
  threads?: number | undefined;
  device: Provider;
  /** Outputs, by our names, that stay on a WebGPU device. */
  kept?: readonly string[];
}

/** @throws BackendError when the device cannot be used; CompileError when the graph cannot be run on the CPU. */
export async function load(
  graph: OnnxGraph,
  { threads, device, kept = [] }: LoadOptions,
): Promise<ort.InferenceSession> {
  try {
    return await ort.InferenceSession.create(encodeModel(graph), {
      graphOptimizationLevel: 'all',
      logSeverityLevel: 3, // errors: its warnings are about graphs that people write
      enableMemPattern: false, // one block for the whole run takes a fifth more memory and no less time
      // Its threads wait for the next run in a busy loop, which takes the cores from those that mine the next batch.
      extra: { session: { force_spinning_stop: '1' } },
      ...(threads !== undefined && { intraOpNumThreads: threads }),
      ...(device !== 'cpu' && {
        executionProviders: [device],
      }),
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
    throw new CompileError(`ONNX Runtime does not take the graph: ${message}`, { cause: error });
  }
}
