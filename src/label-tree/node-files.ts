/** Trained nodes in a folder, in files of consecutive nodes, each of which is whole or absent: training resumes after the last. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isThere } from '../files/is-there.js';
import { AtomicFile } from '../files/atomic-file.js';
import { nodeLength } from './node-weights.js';

const pathOf = (folder: string, first: number): string => join(folder, `${first}.nodes`);

/** The bytes of the nodes that are there, from the first on. */
export async function* writtenNodes(folder: string): AsyncGenerator<Uint8Array> {
  for (let number = 0; isThere(pathOf(folder, number));) {
    const bytes = new Uint8Array(await readFile(pathOf(folder, number)));
    for (let at = 0; at < bytes.length; number++) {
      const length = nodeLength(bytes.subarray(at));
      yield bytes.subarray(at, at + length);
      at += length;
    }
  }
}

export async function countWritten(folder: string): Promise<number> {
  let count = 0;
  const nodes = writtenNodes(folder);
  while (!(await nodes.next()).done) count++;
  return count;
}

/** Bytes after which a file is written; at the latest after so many seconds. */
const [BYTES, SECONDS] = [8 << 20, 10];

/** Appends nodes to those that are there. */
export class NodeFiles {
  readonly #folder: string;
  #nodes: Uint8Array[] = [];
  #bytes = 0;
  #first: number;
  #written = performance.now();

  /** `first`: how many nodes are there. */
  constructor(folder: string, first: number) {
    this.#folder = folder;
    this.#first = first;
  }

  async append(node: Uint8Array): Promise<void> {
    this.#nodes.push(node);
    this.#bytes += node.length;
    if (this.#bytes >= BYTES || performance.now() - this.#written > 1000 * SECONDS) await this.flush();
  }

  async flush(): Promise<void> {
    if (this.#nodes.length === 0) return;
    await using file = await AtomicFile.create(pathOf(this.#folder, this.#first));
    for (const node of this.#nodes) await file.write(node);
    await file.finish();
    this.#first += this.#nodes.length;
    this.#nodes = [];
    this.#bytes = 0;
    this.#written = performance.now();
  }
}
