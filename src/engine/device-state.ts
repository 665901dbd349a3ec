import * as ort from 'onnxruntime-node';
import { inputName, outputName } from './graph.js';
import { allocate, sizeOf, type Arrays, type Data, type Signature } from './session.js';

/** ONNX Runtime's execution providers that a session can be asked to run on. */
export type Provider = 'cpu' | 'webgpu' | 'cuda';

type Tensors = Record<string, ort.Tensor>;

/**
 * Inputs that a session's outputs of the same name replace after each run. On the CPU they ping-pong between two sets of
 * arrays; on another device they never leave it.
 */
export class DeviceState implements Disposable {
  /** By input name: what the next run reads. */
  feeds: Tensors;
  /** By output name: where it writes; `null` for an array that the device allocates. */
  fetches: Record<string, ort.Tensor | null>;
  readonly #signature: Signature;
  readonly #device: Provider;

  constructor(signature: Signature, initial: Arrays, device: Provider) {
    this.#signature = signature;
    this.#device = device;
    this.feeds = this.#tensors(inputName, (name) => initial[name]!.slice());
    this.fetches =
      device === 'cpu'
        ? this.#tensors(outputName, (name) => allocate(signature[name]!))
        : Object.fromEntries(Object.keys(signature).map((name) => [outputName(name), null] as const));
  }

  /** Takes the outputs of a run as the inputs of the next. */
  advance(outputs: Tensors): void {
    for (const name of Object.keys(this.#signature)) {
      const before = this.feeds[inputName(name)]!;
      this.feeds[inputName(name)] = outputs[outputName(name)]!;
      if (this.#device === 'cpu') this.fetches[outputName(name)] = before;
      else before.dispose();
    }
  }

  /** A copy of the values as they are now. */
  async read(): Promise<Arrays> {
    const arrays: Arrays = {};
    for (const [name, { shape }] of Object.entries(this.#signature)) {
      const data = (await this.feeds[inputName(name)]!.getData()) as Data;
      arrays[name] = data.slice(0, sizeOf(shape));
    }
    return arrays;
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
