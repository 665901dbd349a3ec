import type * as Ort from 'onnxruntime-node';
import { inputName, outputName } from './graph.js';
import { load, type Provider } from './load.js';
import { allocate, sizeOf, type Arrays, type Data, type Signature } from './session.js';
import { trace } from './trace.js';
import { ort } from './onnx-runtime.js';

type Tensors = Record<string, Ort.Tensor>;

/**
 * Inputs that are replaced by the session's outputs of the same name after each run. On WebGPU they never leave the device;
 * elsewhere they alternate between two sets of arrays, because ONNX Runtime's binding keeps no tensors on other devices.
 */
export class DeviceState implements Disposable {
  /** By input name: the tensors that the next run reads. */
  feeds: Tensors;
  /** By output name: where the next run writes; `null` if the device allocates the tensor. */
  fetches: Record<string, Ort.Tensor | null>;
  readonly #signature: Signature;
  readonly #device: Provider;

  constructor(signature: Signature, initial: Arrays, device: Provider) {
    this.#signature = signature;
    this.#device = device;
    this.feeds = this.#tensors(inputName, (name) => initial[name]!.slice());
    this.fetches =
      device === 'webgpu'
        ? Object.fromEntries(Object.keys(signature).map((name) => [outputName(name), null] as const))
        : this.#tensors(outputName, (name) => allocate(signature[name]!));
  }

  /** Makes the outputs of a run the inputs of the next. */
  advance(outputs: Tensors): void {
    for (const name of Object.keys(this.#signature)) {
      const before = this.feeds[inputName(name)]!;
      this.feeds[inputName(name)] = outputs[outputName(name)]!;
      if (this.#device === 'webgpu') before.dispose();
      else this.fetches[outputName(name)] = before;
    }
  }

  /** A copy of the current values. */
  async read(): Promise<Arrays> {
    const [tensors, rename] =
      this.#device === 'webgpu' ? [await this.#download(), outputName] : [this.feeds, inputName];
    return Object.fromEntries(
      Object.entries(this.#signature).map(([name, { shape }]) => {
        const data = tensors[rename(name)]!.data as Data;
        return [name, data.slice(0, sizeOf(shape))];
      }),
    );
  }

  /** Downloads through an identity graph: the binding's own way to read a tensor on the device crashes the process. */
  async #download(): Promise<Tensors> {
    const graph = trace((state) => state, this.#signature).finish();
    const session = await load(graph, { device: this.#device });
    try {
      return await session.run(this.feeds);
    } finally {
      await session.release();
    }
  }

  [Symbol.dispose](): void {
    for (const tensor of Object.values(this.feeds)) tensor.dispose();
    this.feeds = {};
  }

  #tensors(rename: (name: string) => string, values: (name: string) => Data): Tensors {
    return Object.fromEntries(
      Object.entries(this.#signature).map(([name, { dtype, shape }]) => [
        rename(name),
        new ort.Tensor(dtype, values(name), shape),
      ]),
    );
  }
}
