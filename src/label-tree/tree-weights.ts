/** The weights of all nodes on disk: `<base>.offsets.npy` (int64, nodes + 1) and `<base>.bytes.npy` (uint8), in the order of `nodesOf`. */
import { InputError } from '../errors.js';
import { openTogether } from '../files/open-together.js';
import { Matrix } from '../formats/npy.js';
import { OffsetsWriter } from '../store/offsets-writer.js';
import { decodeNode, type NodeWeights } from './node-weights.js';

const paths = (base: string) => ({ offsets: `${base}.offsets.npy`, bytes: `${base}.bytes.npy` });

/** Reads nodes, and keeps those read last in memory. */
export class TreeWeights implements Disposable {
  readonly #offsets: Matrix<'int64'>;
  readonly #bytes: Matrix<'uint8'>;
  readonly #most: number;
  readonly #kept = new Map<number, NodeWeights>();
  #size = 0;

  /** `memory`: maximum bytes of nodes to keep. @throws InputError if a file is missing or there are not `nodes` nodes. */
  constructor(base: string, { nodes, memory }: { nodes: number; memory: number }) {
    const { offsets, bytes } = paths(base);
    const files = openTogether(
      { offsets: () => Matrix.open(offsets, 'int64'), bytes: () => Matrix.open(bytes, 'uint8') },
      ({ offsets: { rows } }) => {
        if (rows !== nodes + 1) throw new InputError(`${offsets}: expected ${nodes} nodes, got ${rows - 1}`);
      },
    );
    this.#offsets = files.offsets;
    this.#bytes = files.bytes;
    this.#most = memory;
  }

  /** @throws InputError if the node's bytes are damaged. */
  node(number: number): NodeWeights {
    const kept = this.#kept.get(number);
    if (kept) {
      this.#kept.delete(number);
      this.#kept.set(number, kept); // last in the order of the map
      return kept;
    }
    const node = this.#read(number);
    this.#kept.set(number, node);
    this.#size += bytesOf(node);
    for (const [oldest, other] of this.#kept) {
      if (this.#size <= this.#most || oldest === number) break;
      this.#kept.delete(oldest);
      this.#size -= bytesOf(other);
    }
    return node;
  }

  #read(number: number): NodeWeights {
    const [begin, end] = Array.from(this.#offsets.read(number, 2), Number) as [number, number];
    if (!(begin >= 0 && begin <= end && end <= this.#bytes.rows))
      throw new InputError(
        `${this.#offsets.path}: node ${number} is at ${begin}..${end} of ${this.#bytes.rows} bytes`,
      );
    return decodeNode(this.#bytes.read(begin, end - begin), `${this.#bytes.path}: node ${number}`);
  }

  [Symbol.dispose](): void {
    for (const file of [this.#offsets, this.#bytes]) file[Symbol.dispose]();
  }
}

const bytesOf = ({ features }: NodeWeights): number => features.buffer.byteLength; // which holds all of the node

/** Appends nodes; they can be read after `finish`. */
export class TreeWeightsWriter implements Disposable {
  readonly #offsets: OffsetsWriter;
  readonly #bytes: Matrix<'uint8'>;

  constructor(base: string) {
    this.#offsets = new OffsetsWriter(paths(base).offsets);
    this.#bytes = Matrix.create(paths(base).bytes, { dtype: 'uint8', cols: 1 });
  }

  append(node: Uint8Array): void {
    this.#bytes.append(node);
    this.#offsets.append([node.length]);
  }

  finish(): void {
    for (const file of [this.#offsets, this.#bytes]) file.finish();
  }

  [Symbol.dispose](): void {
    for (const file of [this.#offsets, this.#bytes]) file[Symbol.dispose]();
  }
}
