import { existsSync, rmSync, statSync } from 'node:fs';
import { startOf } from '../src/cluster/node.js';
import {
  descriptionOf,
  digestOf,
  partOf,
  PRECISIONS,
  type IndexDescription,
  type IndexPart,
  type IndexSettings,
  type Precision,
} from '../src/search/index-file.js';
import { indexRows } from '../src/search/index-rows.js';
import { AtomicFile, unwritable } from '../src/files/atomic-file.js';
import { Matrix } from '../src/formats/npy.js';
import { writeJson } from '../src/files/write-json.js';
import { InputError } from '../src/errors.js';
import { operator, type Operator } from '../src/stream/operator.js';
import { buffersOf, Pool } from '../src/stream/pooled.js';
import type { AddTask } from './build-index.worker.js';

export interface BuildIndexOptions {
  /** The index to make or replace; what it is of stands in `<path>.json`, without which it does not count. */
  path: string;
  /** How numbers are kept; default `f16`. */
  precision?: Precision;
  /** Neighbours of a vector in the graph; default 32. */
  connectivity?: number;
  /** How widely the graph is searched when a vector is added; default 128. */
  expansionAdd?: number;
  /** How widely it is searched later; default 320. */
  expansionSearch?: number;
  /** Bytes in memory while it is made; more labels than that holds make several graphs. Default 2 GiB. */
  memory?: number;
  /** Default 2. */
  threads?: number;
}

/** Rows that are added at a time. */
const BLOCK = 4096;

/** Bytes in memory for a label: its numbers, its neighbours, and how it is found by its key; as measured. */
const bytesOfLabel = ({ dim, precision, connectivity }: IndexSettings): number =>
  dim * { f32: 4, f16: 2, i8: 1 }[precision] + 9 * connectivity + 100;

/**
 * From the paths of float32 `.npy` matrices, rows of unit length, to an index of each (HNSW by inner product), which
 * appears whole or not at all, each in place of the one before; yields what it is of. Rows of zeros are left out.
 * With one thread the same rows give the same index, byte by byte; with more, the graph depends on which vector comes
 * first, so two builds may find a little different labels.
 *
 * Order kept; one matrix at a time, of which a block and a graph are in memory; a failure surfaces at its matrix; owns
 * the thread that adds, and the files in the making.
 */
export function buildIndex({
  path,
  precision = 'f16',
  connectivity = 32,
  expansionAdd = 128,
  expansionSearch = 320,
  memory = 2 ** 31,
  threads = 2,
}: BuildIndexOptions): Operator<string, IndexDescription> {
  if (!PRECISIONS.includes(precision))
    throw new RangeError(`precision: expected ${PRECISIONS.join(', ')}, got ${precision}`);
  const worker = new URL('./build-index.worker.js', import.meta.url);
  return operator<string, IndexDescription>(
    'build-index',
    async function* (matrices, { own, signal, progress }) {
      const pool = own(new Pool({ worker, threads: 1 }));
      for await (const matrix of matrices) {
        using vectors = Matrix.open(matrix, 'float32');
        const { rows: labels, cols: dim } = vectors;
        if (labels === 0) throw new InputError(`${matrix}: holds no rows`);
        const graph = { precision, connectivity, expansionAdd, expansionSearch };
        const settings: IndexSettings = { labels, dim, digest: digestOf(vectors), ...graph };
        const count = Math.ceil(labels / Math.max(1, Math.floor(memory / bytesOfLabel(settings))));
        const files: AtomicFile[] = [];
        const parts: IndexPart[] = [];
        try {
          for (let part = 0; part < count; part++) {
            const [first, end] = [part, part + 1].map((p) => startOf({ rows: labels, clusters: count }, p));
            files.push(await AtomicFile.create(partOf(path, part)));
            const { partial } = files.at(-1)!;
            await pool.run(settings, { name: 'begin' });
            for (const { begin, values } of vectors.blocks(BLOCK, first, end)) {
              signal.throwIfAborted();
              const added = values.length / dim;
              const rows = indexRows({ path: matrix, first: begin, vectors: values, dim });
              const task: AddTask = { rows, threads };
              await pool.run(task, { name: 'add', transfer: buffersOf(task.rows) });
              progress(added);
            }
            await pool.run(partial, { name: 'save' }).catch(unwritable(path));
            parts.push({ bytes: statSync(partial).size, labels: end! - first! });
          }
          rmSync(descriptionOf(path), { force: true }); // until the new one is there, there is no index
          for (const file of files) await file.finish();
        } finally {
          for (const file of files) await file[Symbol.asyncDispose]();
        }
        for (let part = count; existsSync(partOf(path, part)); part++) rmSync(partOf(path, part)); // of the one before
        const description = { parts, ...settings };
        await writeJson(descriptionOf(path), description);
        yield description;
      }
    },
  );
}
