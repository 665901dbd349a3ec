/** The labels that sources found for some texts, and what a learned ranker sees of each. */
import { distinct, positionOf } from '../formats/arrays.js';
import { toLists } from '../formats/lists.js';
import { rankedAt, type Found } from '../search/found.js';
import type { Table } from './boost/bins.js';

/** What one source found. */
export interface Finding {
  found: Found;
  /** A score is compared with the text's best by their difference; otherwise by their ratio. */
  byDifference: boolean;
}

/** A row per candidate; NaN where the source did not find the label. */
export interface Candidates extends Table {
  /** Those of text `i` are at `offsets[i] … offsets[i + 1]`, labels ascending. */
  offsets: Int32Array;
  labels: Int32Array;
}

/** Number of features of each source, and of those shared by all. */
const OF_SOURCE = 4;
const SHARED = 4;

export const featureCount = (sources: number): number => sources * OF_SOURCE + SHARED;

/** Positions among the features of a candidate: a source's rank, and the sum of reciprocal ranks. */
export const rankAt = (source: number): number => source * OF_SOURCE + 2;
export const reciprocalAt = (sources: number): number => sources * OF_SOURCE + 2;

/**
 * The `most` best labels of each source. Features by source: score; score relative to the text's best; rank from 0; the
 * text's best score. Shared: training texts of the label; sources that found it; the sum of its reciprocal ranks; number of
 * candidates. A label's propensity is a function of its training texts, which is no news to a tree.
 */
export function candidatesOf(
  findings: readonly Finding[],
  { frequency, most }: { frequency: (label: number) => number; most: number },
): Candidates {
  const { ids, k } = findings[0]!.found;
  const lists = Array.from({ length: ids.length / k }, (_x, text) => unionAt(findings, text, most));
  const { offsets, values: labels } = toLists(lists);
  const features = featureCount(findings.length);
  const values = new Float32Array(labels.length * features);
  lists.forEach((list, text) => {
    const rows = values.subarray(offsets[text]! * features, offsets[text + 1]! * features);
    rows.fill(NaN);
    list.forEach((label, i) => {
      rows.set([frequency(label), 0, 0, list.length], (i + 1) * features - SHARED);
    });
    findings.forEach((finding, source) => {
      fill(rows, list, { ...finding, features, text, source, most });
    });
  });
  return { rows: labels.length, features, values, offsets, labels };
}

/** The distinct labels found for one text, ascending. */
const unionAt = (findings: readonly Finding[], text: number, most: number): Int32Array =>
  distinct(toLists(findings.map(({ found }) => rankedAt(found, text).subarray(0, most))).values);

interface Place extends Finding {
  features: number;
  text: number;
  source: number;
  most: number;
}

/** Sets the features of one source for the candidates of one text, and adds its part to the shared ones. */
function fill(
  rows: Float32Array,
  labels: Int32Array,
  { found, byDifference, features, text, source, most }: Place,
): void {
  const ranked = rankedAt(found, text).subarray(0, most);
  if (ranked.length === 0) return;
  const scores = found.scores.subarray(text * found.k, (text + 1) * found.k);
  const best = scores[0]!;
  const own = source * OF_SOURCE;
  for (let at = own + 3; at < rows.length; at += features) rows[at] = best;
  ranked.forEach((label, rank) => {
    const begin = positionOf(labels, label) * features;
    const score = scores[rank]!;
    rows[begin + own] = score;
    rows[begin + own + 1] = byDifference ? score - best : best > 0 ? score / best : NaN;
    rows[begin + own + 2] = rank;
    rows[begin + features - SHARED + 1]!++;
    rows[begin + features - SHARED + 2]! += 1 / (1 + rank);
  });
}
