import { Matrix } from '../formats/npy.js';
import { RaggedReader } from '../store/ragged.js';
import { listAt, type Lists } from '../formats/lists.js';
import type { BatchPlan, MakeReader, Reader } from './reader.js';
import { distinct, positionOf } from '../formats/arrays.js';

/** A mini-batch of Module II: B embedded texts and U candidates, the union of their labels. */
export interface CandidateBatch extends BatchPlan {
  /** The texts' embeddings, `[B, dim]`. */
  embeddings: Float32Array;
  /** Distinct labels, ascending, `[U]`. */
  candidates: Int32Array;
  /** Row-major `[B, U]`: 1 where the candidate is a label of the text. */
  target: Uint8Array;
}

export interface CandidateSources {
  /** A float32 `.npy`, one row per training text. */
  embeddings: string;
  /** Base name of their label lists. */
  positives: string;
}

/** Reads mini-batches of Module II. */
export class CandidateReader implements Reader<CandidateBatch>, Disposable {
  readonly #embeddings: Matrix<'float32'>;
  readonly #positives: RaggedReader;

  constructor({ embeddings, positives }: CandidateSources) {
    this.#embeddings = Matrix.open(embeddings, 'float32');
    this.#positives = new RaggedReader(positives);
  }

  read(plan: BatchPlan): CandidateBatch {
    const positives = this.#positives.gather(plan.rows);
    const candidates = distinct(positives.values);
    return {
      ...plan,
      embeddings: this.#embeddings.gather(plan.rows),
      candidates,
      target: memberships(positives, candidates),
    };
  }

  [Symbol.dispose](): void {
    this.#embeddings[Symbol.dispose]();
    this.#positives[Symbol.dispose]();
  }
}

const open: MakeReader<CandidateSources, CandidateBatch> = (sources) => new CandidateReader(sources);
export default open;

/** `[lists, candidates]`: 1 where the list contains the candidate. */
function memberships(lists: Lists, candidates: Int32Array): Uint8Array {
  const rows = lists.offsets.length - 1;
  const target = new Uint8Array(rows * candidates.length);
  for (let row = 0; row < rows; row++)
    for (const id of listAt(lists, row)) target[row * candidates.length + positionOf(candidates, id)] = 1;
  return target;
}
