/**
 * Runs a function once on a TensorFlow.js back end that computes nothing and records every kernel call. TensorFlow.js
 * differentiates as usual, so the backward pass is recorded too.
 */
import * as tf from '@tensorflow/tfjs';
import { CompileError } from './errors.js';
import { Graph, type GraphOptions, type Value } from './graph.js';
import { kernels } from './kernels/index.js';
import type { Kernel } from './kernels/kernel.js';
import { isDType, toData, type Signature, type Spec, type TensorFunction } from './session.js';

const backendName = 'dexa-trace';

interface Entry {
  readonly value: Value;
  /** Its origin, for messages: "the result of Sum". */
  readonly what: string;
  refs: number;
}

/** Maps each TensorFlow.js data id to its value in the graph. Lives for one trace. */
class TraceBackend extends tf.KernelBackend {
  readonly graph: Graph;
  readonly #entries = new Map<object, Entry>();

  constructor(options: GraphOptions) {
    super();
    this.graph = new Graph(options);
  }

  add(value: Value, what: string): tf.TensorInfo {
    const dataId = {};
    this.#entries.set(dataId, { value, what, refs: 1 });
    return { dataId, shape: [...value.shape], dtype: value.dtype as tf.DataType };
  }

  /** A tensor of another back end becomes a constant: its values are read, and it stays on its back end. */
  value(tensor: tf.TensorInfo): Value {
    const own = this.#entries.get(tensor.dataId);
    if (own) return { ...own.value, shape: tensor.shape };
    const owner = tf.engine().state.tensorInfo.get(tensor.dataId)?.backend;
    if (owner === undefined) throw new CompileError('a tensor was used after it was disposed');
    const spec = traceable(tensor);
    return this.graph.constant(toData(spec.dtype, numbers(owner.readSync(tensor.dataId))), spec);
  }

  record(name: string, kernel: Kernel, inputs: object, attributes: object): tf.TensorInfo | tf.TensorInfo[] {
    const given = Object.entries(inputs) as [string, tf.TensorInfo | null | undefined][];
    const values: Record<string, Value> = {};
    for (const [key, tensor] of given) if (tensor) values[key] = this.value(tensor);
    const results = kernel(this.graph, values, attributes);
    const what = `the result of ${name}`;
    return Array.isArray(results) ? results.map((r) => this.add(r, what)) : this.add(results, what);
  }

  override write(values: tf.BackendValues, shape: number[], dtype: tf.DataType): object {
    const spec = traceable({ shape, dtype });
    return this.add(this.graph.constant(toData(spec.dtype, numbers(values)), spec), 'a constant').dataId;
  }

  override readSync(dataId: object): never {
    const what = this.#entries.get(dataId)?.what ?? 'a tensor';
    throw new CompileError(
      `a compiled function cannot read values: ${what} is only known when the session runs (dataSync, data, print)`,
    );
  }

  override async read(dataId: object): Promise<never> {
    return this.readSync(dataId);
  }

  override incRef(dataId: object): void {
    const entry = this.#entries.get(dataId);
    if (entry) entry.refs++;
  }

  override refCount(dataId: object): number {
    return this.#entries.get(dataId)?.refs ?? 0;
  }

  override disposeData(dataId: object, force = false): boolean {
    const entry = this.#entries.get(dataId);
    if (entry && --entry.refs > 0 && !force) return false;
    this.#entries.delete(dataId);
    return true;
  }

  override numDataIds(): number {
    return this.#entries.size;
  }

  override memory(): { unreliable: boolean } {
    return { unreliable: true };
  }

  override floatPrecision(): 32 {
    return 32;
  }

  override epsilon(): number {
    return 1e-7;
  }

  override timerAvailable(): boolean {
    return false;
  }

  override dispose(): void {
    this.#entries.clear();
  }
}

function traceable({ shape, dtype }: Pick<tf.TensorInfo, 'shape' | 'dtype'>): Spec {
  if (!isDType(dtype)) throw new CompileError(`a compiled function cannot hold a tensor of type ${dtype}`);
  return { shape, dtype };
}

const numbers = (values: tf.BackendValues): ArrayLike<number> => values as ArrayLike<number>;

for (const [kernelName, kernel] of Object.entries(kernels))
  tf.registerKernel({
    kernelName,
    backendName,
    kernelFunc: ({ inputs, attrs, backend }) =>
      (backend as Pick<TraceBackend, 'record'>).record(kernelName, kernel, inputs, attrs ?? {}),
  });

/** @throws CompileError when the function reads a value or uses a kernel that has no ONNX form. */
export function trace(fn: TensorFunction, signature: Signature, options: GraphOptions = {}): Graph {
  const engine = tf.engine();
  const previous = engine.backendName as string | undefined;
  const tape = engine.state.activeTape;
  const backend = new TraceBackend(options);
  tf.registerBackend(backendName, () => backend, 0);
  void tf.setBackend(backendName); // takes effect immediately: the factory is synchronous
  try {
    tf.tidy(() => {
      try {
        record(fn, signature, backend);
      } finally {
        if (engine.state.activeTape !== tape) dropTape();
      }
    });
  } catch (error) {
    throw explained(error);
  } finally {
    tf.removeBackend(backendName);
    if (previous) void tf.setBackend(previous);
  }
  return backend.graph;
}

function record(fn: TensorFunction, signature: Signature, backend: TraceBackend): void {
  const inputs: Record<string, tf.Tensor> = {};
  for (const [name, spec] of Object.entries(signature)) {
    const info = backend.add(backend.graph.input(name, spec), `the input ${name}`);
    inputs[name] = tf.engine().makeTensorFromTensorInfo(info);
  }
  for (const [name, tensor] of Object.entries(fn(inputs))) backend.graph.output(name, backend.value(tensor));
}

/** If the function throws inside a gradient, the tensors saved for the backward pass are left behind. */
function dropTape(): void {
  const { state } = tf.engine();
  // Null between gradients, contrary to its type.
  for (const node of (state.activeTape as typeof state.activeTape | null) ?? [])
    for (const tensor of node.saved ?? []) tensor.dispose();
  state.activeTape = [];
}

function explained(error: unknown): unknown {
  const kernel =
    error instanceof Error && /^Kernel '(\w+)' not registered for backend/.exec(error.message)?.[1];
  if (!kernel) return error;
  return new CompileError(
    `kernel ${kernel} has no ONNX form: add it to the table of its family in src/engine/kernels/`,
    { cause: error },
  );
}
