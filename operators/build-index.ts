import { rmSync, statSync } from 'node:fs';
import {
  descriptionOf,
  digestOf,
  PRECISIONS,
  type IndexDescription,
  type IndexSettings,
  type Precision,
} from '../src/search/index-file.js';
import { indexRows } from '../src/search/index-rows.js';
import { AsideFile, unwritable } from '../src/store/aside-file.js';
import { Matrix } from '../src/store/npy.js';
import { writeJson } from '../src/store/write-json.js';
import { InputError } from '../src/stream/errors.js';
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
  /** Default 2. */
  threads?: number;
}

/** Rows that are added at a time. */
const BLOCK = 4096;

/**
 * From the paths of float32 `.npy` matrices, rows of unit length, to an index of each (HNSW by inner product), which
 * appears whole or not at all, each in place of the one before; yields what it is of. Rows of zeros are left out.
 * With one thread the same rows give the same index, byte by byte; with more, the graph depends on which vector comes
 * first, so two builds may find a little different labels.
 *
 * Order kept; one matrix at a time, of which a block and the whole index are in memory; a failure surfaces at its
 * matrix; owns the thread that adds, and the file in the making.
 */
export function buildIndex({
  path,
  precision = 'f16',
  connectivity = 32,
  expansionAdd = 128,
  expansionSearch = 320,
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
        await using file = await AsideFile.create(path);
        const graph = { precision, connectivity, expansionAdd, expansionSearch };
        const settings: IndexSettings = { labels, dim, digest: digestOf(vectors), ...graph };
        await pool.run(settings, { name: 'begin' });
        for (let first = 0; first < labels; first += BLOCK) {
          signal.throwIfAborted();
          const count = Math.min(BLOCK, labels - first);
          const rows = indexRows({ path: matrix, first, vectors: vectors.read(first, count), dim });
          const task: AddTask = { rows, threads };
          await pool.run(task, { name: 'add', transfer: buffersOf(rows) });
          progress(count);
        }
        await pool.run(file.partial, { name: 'save' }).catch(unwritable(path));
        const description = { bytes: statSync(file.partial).size, ...settings };
        rmSync(descriptionOf(path), { force: true }); // until the new one is there, there is no index
        await file.finish();
        await writeJson(descriptionOf(path), description);
        yield description;
      }
    },
  );
}
