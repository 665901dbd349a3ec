import type { Attributes, Domain, ElementType, Initializer, Node, OnnxGraph, Port } from './onnx.js';
import { toData, type Data, type DType, type Spec } from './session.js';

/**
 * An array of the graph. Broadcasting is lazy: the array called `name` has the shape `stored`, which broadcasts to
 * `shape`. Elementwise operators broadcast their inputs and so never need the expanded form; before any other operator an
 * Expand is inserted. A backward pass is full of ones, zeros and broadcast gradients, which are thus never materialised.
 */
export interface Value {
  readonly name: string;
  readonly dtype: ElementType;
  readonly shape: readonly number[];
  readonly stored: readonly number[];
  /** The number that fills this array, where all its values are known to be equal. */
  readonly constant?: number;
}

export interface EmitOptions {
  attributes?: Attributes;
  domain?: Domain;
}

/** A size known only at run time. In broadcasting it behaves like any other size: it matches itself and 1. */
export const ANY = -1;

/** Type and sizes of an input or output. Sizes may be names, which the graph treats as `ANY`. */
export interface OpenSpec {
  readonly dtype: ElementType;
  readonly shape: readonly (number | string)[];
}

/** The node that made an array. */
export interface Origin {
  readonly op: string;
  readonly inputs: readonly Value[];
  readonly attributes: Attributes;
}

interface ArrayType {
  readonly dtype: ElementType;
  readonly shape: readonly number[];
}

export const sameShape = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && a.every((dim, i) => dim === b[i]);

export interface GraphOptions {
  /** Whether to use the ONNX standard's products only: ONNX Runtime's own batched one runs on CPU and CUDA alone. */
  standardProducts?: boolean;
}

/** Collects nodes in the order in which they are recorded, which is a topological order. */
export class Graph {
  readonly standardProducts: boolean;
  readonly #nodes: Node[] = [];
  readonly #initializers: Initializer[] = [];
  readonly #inputs: Port[] = [];
  readonly #outputs: Port[] = [];
  readonly #shared = new Map<string, Value>();
  readonly #origins = new Map<string, Origin>();
  #names = 0;

  constructor({ standardProducts = false }: GraphOptions = {}) {
    this.standardProducts = standardProducts;
  }

  #name(): string {
    return `t${this.#names++}`;
  }

  /** Calls `make` once per key. */
  #share(key: string, make: () => Value): Value {
    let value = this.#shared.get(key);
    if (value === undefined) this.#shared.set(key, (value = make()));
    return value;
  }

  #initializer(dtype: ElementType, shape: readonly number[], bytes: Uint8Array): Value {
    const name = this.#name();
    this.#initializers.push({ name, dtype, shape, bytes });
    return { name, dtype, shape, stored: shape };
  }

  input(name: string, { dtype, shape }: Spec): Value {
    const port = { name: inputName(name), dtype, shape };
    this.#inputs.push(port);
    return { ...port, stored: shape };
  }

  output(name: string, value: Value): void {
    this.#output(outputName(name), value, value);
  }

  #output(name: string, value: Value, { dtype, shape }: OpenSpec): void {
    this.#outputs.push({ name, dtype, shape });
    const inputs = [this.dense(value).name];
    this.#nodes.push({ op: 'Identity', domain: '', inputs, outputs: [name], attributes: {} });
  }

  /** An input with exactly this name, for a graph that other programs run. */
  openInput(name: string, { dtype, shape }: OpenSpec): Value {
    this.#inputs.push({ name, dtype, shape });
    const sizes = shape.map((size) => (typeof size === 'string' ? ANY : size));
    return { name, dtype, shape: sizes, stored: sizes };
  }

  /** An output with exactly this name. */
  openOutput(name: string, value: Value, spec: OpenSpec): void {
    this.#output(name, value, spec);
  }

  /** A constant with exactly this name; created once per name. */
  parameter(name: string, { shape, data }: { shape: readonly number[]; data: Float32Array }): Value {
    return this.#share(`parameter ${name}`, () => {
      const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
      this.#initializers.push({ name, dtype: 'float32', shape, bytes });
      return { name, dtype: 'float32', shape, stored: shape };
    });
  }

  /** A constant. If all its values are equal, only a scalar is stored. */
  constant(data: Data, { dtype, shape }: Spec): Value {
    const first = data[0];
    if (first !== undefined && data.every((x) => Object.is(x, first)))
      return { ...this.scalar(first, dtype), shape };
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength).slice();
    return this.#initializer(dtype, shape, bytes);
  }

  /** A constant of rank 0. */
  scalar(number: number, dtype: DType): Value {
    return this.#share(`${dtype} ${Object.is(number, -0) ? '-0' : number}`, () => ({
      ...this.#initializer(dtype, [], new Uint8Array(toData(dtype, [number]).buffer)),
      constant: number,
    }));
  }

  /** An int64 vector: shapes, axes, sizes. */
  ints(numbers: readonly number[]): Value {
    return this.#share(`ints ${numbers.join()}`, () =>
      this.#initializer('int64', [numbers.length], int64(numbers)),
    );
  }

  /** An int64 of rank 0. */
  int(number: number): Value {
    return this.#share(`int ${number}`, () => this.#initializer('int64', [], int64([number])));
  }

  /** The array expanded to its full shape, for operators that do not broadcast. */
  dense(value: Value): Value {
    if (sameShape(value.stored, value.shape)) return value;
    return this.#share(`expand ${value.name} ${value.shape.join()}`, () =>
      this.emit('Expand', [{ ...value, shape: value.stored }, this.ints(value.shape)], value),
    );
  }

  /** Adds a node with one output. */
  emit(op: string, inputs: readonly Value[], out: ArrayType, options: EmitOptions = {}): Value {
    return this.emitAll(op, inputs, [out], options)[0]!;
  }

  emitAll(
    op: string,
    inputs: readonly Value[],
    outs: readonly ArrayType[],
    options: EmitOptions = {},
  ): Value[] {
    const results = outs.map(({ dtype, shape }) => ({ name: this.#name(), dtype, shape, stored: shape }));
    const names = inputs.map((value) => this.dense(value).name);
    const outputs = results.map(({ name }) => name);
    const { attributes = {}, domain = '' } = options;
    this.#nodes.push({ op, domain, inputs: names, outputs, attributes });
    for (const name of outputs) this.#origins.set(name, { op, inputs, attributes });
    return results;
  }

  /** The node that produced the array; `undefined` for inputs, constants and lazily broadcast arrays. */
  origin({ name, shape, stored }: Value): Origin | undefined {
    return sameShape(shape, stored) ? this.#origins.get(name) : undefined;
  }

  /** The graph, reduced to the nodes that the outputs need. Every input stays, used or not. */
  finish(): OnnxGraph {
    const needed = new Set(this.#outputs.map(({ name }) => name));
    const nodes = this.#nodes.toReversed().filter(({ inputs, outputs }) => {
      const kept = outputs.some((name) => needed.has(name));
      if (kept) for (const name of inputs) needed.add(name);
      return kept;
    });
    return {
      nodes: nodes.reverse(),
      initializers: this.#initializers.filter(({ name }) => needed.has(name)),
      inputs: this.#inputs,
      outputs: this.#outputs,
    };
  }
}

// Prefixed, so that a caller's name never collides with a generated one.
export const inputName = (name: string): string => `input:${name}`;
export const outputName = (name: string): string => `output:${name}`;

const int64 = (numbers: readonly number[]): Uint8Array =>
  new Uint8Array(BigInt64Array.from(numbers, (n) => BigInt(n)).buffer);
