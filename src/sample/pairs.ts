import { Random } from '../random.js';
import { Matrix } from '../formats/npy.js';
import { RaggedReader } from '../store/ragged.js';
import { listAt, type Lists } from '../formats/lists.js';
import type { BatchPlan, MakeReader, Reader } from './reader.js';
import { distinct, positionOf } from '../formats/arrays.js';
import { pack, type Packed } from '../encode/pack.js';

/** A mini-batch of Module I: B texts, each with one of its labels. */
export interface PairBatch extends BatchPlan {
  /** One label sampled for each text, `[B]`. */
  labels: Int32Array;
  /** Tokens of the B texts, then of the B labels. */
  tokens: Packed;
  /** Row-major `[B, B]`: 1 where the label of column j is a positive of text i. */
  target: Uint8Array;
  /** Distinct rows of the auxiliary table, and for each label the position of its row among them; absent without a table. */
  auxiliary?: { ids: Int32Array; row: Int32Array };
}

export interface PairSources {
  /** Base name of the training texts' tokens. */
  texts: string;
  /** Base name of their label lists. */
  positives: string;
  /** Base name of the label texts' tokens. */
  labels: string;
  /** `.npy` int32: label → row of the auxiliary table; absent without auxiliary vectors (NGAME). */
  auxiliary?: string | undefined;
  seed: number;
}

/** Reads and packs mini-batches of Module I. The sampled labels depend on seed, epoch and step alone. */
export class PairReader implements Reader<PairBatch>, Disposable {
  readonly #texts: RaggedReader;
  readonly #positives: RaggedReader;
  readonly #labels: RaggedReader;
  readonly #auxiliary: Matrix<'int32'> | undefined;
  readonly #seed: number;

  constructor({ texts, positives, labels, auxiliary, seed }: PairSources) {
    this.#texts = new RaggedReader(texts);
    this.#positives = new RaggedReader(positives);
    this.#labels = new RaggedReader(labels);
    this.#auxiliary = auxiliary === undefined ? undefined : Matrix.open(auxiliary, 'int32');
    this.#seed = seed;
  }

  read(plan: BatchPlan): PairBatch {
    const random = Random.of(this.#seed, 'sample', plan.epoch, plan.step);
    const positives = this.#positives.gather(plan.rows);
    const labels = plan.rows.map((_row, i) => {
      const own = listAt(positives, i);
      return own[random.below(own.length)]!;
    });
    const batch: PairBatch = {
      ...plan,
      labels,
      tokens: pack(this.#texts.gather(plan.rows), this.#labels.gather(labels)),
      target: targets(positives, labels),
    };
    if (!this.#auxiliary) return batch;
    const rows = this.#auxiliary.gather(labels);
    const ids = distinct(rows);
    return { ...batch, auxiliary: { ids, row: rows.map((row) => positionOf(ids, row)) } };
  }

  [Symbol.dispose](): void {
    for (const store of [this.#texts, this.#positives, this.#labels, this.#auxiliary])
      store?.[Symbol.dispose]();
  }
}

const open: MakeReader<PairSources, PairBatch> = (sources) => new PairReader(sources);
export default open;

/** Marks duplicates of a label, and labels that happen to be a positive of another text, too. */
export function targets(positives: Lists, labels: Int32Array): Uint8Array {
  const columns = new Map<number, number[]>();
  labels.forEach((label, column) => {
    const same = columns.get(label);
    if (same) same.push(column);
    else columns.set(label, [column]);
  });
  const size = labels.length;
  const target = new Uint8Array(size * size);
  for (let row = 0; row < size; row++)
    for (const label of listAt(positives, row))
      for (const column of columns.get(label) ?? []) target[row * size + column] = 1;
  return target;
}
