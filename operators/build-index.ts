import { rmSync } from 'node:fs';
import { isThere } from '../src/files/is-there.js';
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
import { recordOf } from '../src/files/file-record.js';
import { sealed } from '../src/files/seal.js';
import { writeJson } from '../src/files/write-json.js';
import { InputError } from '../src/errors.js';
import { operator, type Operator } from '../src/stream/operator.js';
import { buffersOf, Pool } from '../src/stream/pooled.js';
import type { Context } from '../src/stream/step.js';
import type { AddTask } from './build-index.worker.js';

export interface BuildIndexOptions {
  /** The index to build or replace; its description is `<path>.json`, without which it is unfinished. */
  path: string;
  /** Precision of the numbers; default `f16`. */
  precision?: Precision;
  /** Neighbours of a vector in the graph; default 32. */
  connectivity?: number;
  /** Search width when a vector is added; default 128. */
  expansionAdd?: number;
  /** Search width when labels are searched; default 320. */
  expansionSearch?: number;
  /** Bytes of memory while it is built; more labels are split into several graphs. Default 2 GiB. */
  memory?: number;
  /** Default 2. */
  threads?: number;
}

/** Rows added per task. */
const BLOCK = 4096;

/** Bytes of memory per label: its vector, its neighbours and its key entry; measured. */
const bytesOfLabel = ({ dim, precision, connectivity }: IndexSettings): number =>
  dim * { f32: 4, f16: 2, i8: 1 }[precision] + 9 * connectivity + 100;

/**
 * Builds an index (HNSW by inner product) of each float32 `.npy` matrix, given its path; rows have unit length. The index
 * replaces an earlier one, completely or not at all; yields its description. Rows of zeros are left out.
 * With one thread the same rows give the same index, byte for byte; with more, the graph depends on the order in
 * which vectors arrive, so two builds may find slightly different labels.
 *
 * Order kept; one matrix in flight, of which a block and a graph are in memory; a failure surfaces at its matrix; owns
 * its thread and the unfinished files.
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
  const graph = { precision, connectivity, expansionAdd, expansionSearch };
  return operator<string, IndexDescription>('build-index', async function* (matrices, context) {
    const pool = context.own(new Pool({ worker, threads: 1 }));
    const build: Build = { pool, path, memory, threads, context };
    for await (const matrix of matrices) {
      using vectors = Matrix.open(matrix, 'float32');
      const { rows: labels, cols: dim } = vectors;
      if (labels === 0) throw new InputError(`${matrix}: contains no rows`);
      const settings: IndexSettings = { labels, dim, digest: digestOf(vectors), ...graph };
      const description = { parts: await buildParts(vectors, settings, build), ...settings };
      await writeJson(descriptionOf(path), sealed(description));
      yield description;
    }
  });
}

interface Build extends Required<Pick<BuildIndexOptions, 'path' | 'memory' | 'threads'>> {
  pool: Pool;
  context: Context;
}

/** Replaces the graphs and removes their description: until a new one is written, there is no index. */
async function buildParts(
  vectors: Matrix<'float32'>,
  settings: IndexSettings,
  build: Build,
): Promise<IndexPart[]> {
  const { path, memory } = build;
  const rows = vectors.rows;
  const clusters = Math.ceil(rows / Math.max(1, Math.floor(memory / bytesOfLabel(settings))));
  const files: AtomicFile[] = [];
  const parts: IndexPart[] = [];
  try {
    for (let part = 0; part < clusters; part++) {
      const [first, end] = [part, part + 1].map((p) => startOf({ rows, clusters }, p)) as [number, number];
      files.push(await AtomicFile.create(partOf(path, part)));
      const { partial } = files.at(-1)!;
      await build.pool.run(settings, { name: 'begin' });
      await addRows(vectors, [first, end], build);
      await build.pool.run(partial, { name: 'save' }).catch(unwritable(path));
      parts.push({ ...(await recordOf(partial)), labels: end - first });
    }
    rmSync(descriptionOf(path), { force: true });
    for (const file of files) await file.finish();
  } finally {
    for (const file of files) await file[Symbol.asyncDispose]();
  }
  for (let part = clusters; isThere(partOf(path, part)); part++) rmSync(partOf(path, part)); // of the earlier index
  return parts;
}

/** Adds the rows `first` … `end` to the graph in the thread. */
async function addRows(
  vectors: Matrix<'float32'>,
  [first, end]: readonly [number, number],
  { pool, threads, context: { signal, progress } }: Build,
): Promise<void> {
  const { path, cols: dim } = vectors;
  for (const { begin, values } of vectors.blocks(BLOCK, first, end)) {
    signal.throwIfAborted();
    const added = values.length / dim;
    const task: AddTask = { rows: indexRows({ path, first: begin, vectors: values, dim }), threads };
    await pool.run(task, { name: 'add', transfer: buffersOf(task.rows) });
    progress(added);
  }
}
