/** Candidates with known labels, to which a ranker is fitted. */
import { listAt, type Lists } from '../formats/lists.js';
import { Random } from '../random.js';
import type { Table } from './boost/bins.js';
import { rankAt, type Candidates } from './candidates.js';

/** Candidates that no source has among its `NEAR` best rarely are right: of these a share is kept, with more weight. */
const NEAR = 10;
const SHARE = 0.1;

export interface Examples extends Table {
  /** Those of text `i` are at `offsets[i] … offsets[i + 1]`. */
  offsets: Int32Array;
  labels: Int32Array;
  /** 1 where the label is one of the text's. */
  target: Uint8Array;
  /** How many candidates each stands for. */
  weights: Float32Array;
}

/** All candidates that are right or near the top, and a share of the others. */
export function examplesOf(
  { offsets: from, labels, features, values }: Candidates,
  truth: Lists,
  { sources, seed }: { sources: number; seed: number },
): Examples {
  const random = Random.of(seed, 'easy candidates');
  const kept: number[] = [];
  const [target, weights] = [new Uint8Array(labels.length), new Float32Array(labels.length)];
  const offsets = new Int32Array(from.length);
  const isNear = (row: number): boolean => {
    for (let source = 0; source < sources; source++)
      if (values[row * features + rankAt(source)]! < NEAR) return true;
    return false;
  };
  for (let text = 0; text + 1 < from.length; text++) {
    const right = new Set(listAt(truth, text));
    for (let row = from[text]!; row < from[text + 1]!; row++) {
      const isRight = right.has(labels[row]!);
      const sure = isRight || isNear(row);
      if (random.next() >= SHARE && !sure) continue;
      target[kept.length] = Number(isRight);
      weights[kept.length] = sure ? 1 : 1 / SHARE;
      kept.push(row);
    }
    offsets[text + 1] = kept.length;
  }
  const chosen = new Float32Array(kept.length * features);
  kept.forEach((row, i) => {
    chosen.set(values.subarray(row * features, (row + 1) * features), i * features);
  });
  return {
    ...{ rows: kept.length, features, values: chosen, offsets },
    labels: Int32Array.from(kept, (row) => labels[row]!),
    target: target.slice(0, kept.length),
    weights: weights.slice(0, kept.length),
  };
}

/** Examples of several batches in one. */
export function joined(parts: readonly Examples[]): Examples {
  const rows = parts.reduce((sum, part) => sum + part.rows, 0);
  const { features } = parts[0]!;
  const texts = parts.reduce((sum, { offsets }) => sum + offsets.length - 1, 0);
  const all: Examples = {
    ...{ rows, features, values: new Float32Array(rows * features), offsets: new Int32Array(texts + 1) },
    ...{ labels: new Int32Array(rows), target: new Uint8Array(rows), weights: new Float32Array(rows) },
  };
  let [row, text] = [0, 0];
  for (const { values, labels, target, weights, offsets } of parts) {
    all.values.set(values, row * features);
    all.labels.set(labels, row);
    all.target.set(target, row);
    all.weights.set(weights, row);
    for (let i = 1; i < offsets.length; i++) all.offsets[++text] = row + offsets[i]!;
    row += labels.length;
  }
  return all;
}
