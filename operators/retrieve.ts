import { assemble, type AssemblyOptions } from '../src/sources/assembly.js';
import { erased, type Prepared } from '../src/sources/part.js';
import type { TrainedRun } from '../src/sources/run.js';
import { checkCount, type Found } from '../src/search/found.js';
import { chain } from '../src/stream/chain.js';
import type { Operator } from '../src/stream/operator.js';
import { rank } from './rank.js';
import type { TextBatch } from './tokenize.js';

export interface RetrieveOptions extends AssemblyOptions {
  /** A finished run; see `openRun`. */
  run: TrainedRun;
  /** Labels for each text, 1 … 1000; default 100. */
  k?: number;
  /** Threads that tokenize, as many that embed, and as many that search; each shared by the sources; default 2. */
  threads?: number;
  /** Batches in flight in each step besides those in its threads; default 2. */
  ahead?: number;
}

/**
 * Finds labels for texts with a trained run: computes once what its sources need (`tokenize`, `embed`), searches each source,
 * and merges the results with `rank` if there are several. Labels in `excluded` are not found. Order kept; in flight and
 * owned: what these steps have in flight and own.
 */
export function retrieve<T extends TextBatch>({
  run,
  k = 100,
  threads = 2,
  ahead = 2,
  ...options
}: RetrieveOptions): Operator<T, T & { found: Found }> {
  checkCount('k', k);
  const { parts, ranker, candidates } = assemble(run, options);
  const operators = parts.map((part) => part.operator({ k: Math.max(k, candidates), threads, ahead }));
  if (ranker) operators.push(erased(rank<Prepared>({ ranker, k })));
  // Each step adds a field and keeps the others; the last one adds `found`.
  return chain(...operators) as unknown as Operator<T, T & { found: Found }>;
}
