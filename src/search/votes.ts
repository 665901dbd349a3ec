/** Labels by votes of similar texts: k nearest neighbours for many labels. */
import { joined } from '../formats/arrays.js';
import { listAt, type Lists } from '../formats/lists.js';
import { emptyFound, rankedAt, type Found } from './found.js';

export interface VoteOptions {
  /** Labels for each text. */
  k: number;
  /** Neighbours that vote, at most. */
  voters: number;
  /** A neighbour's weight is exp(similarity / temperature); the weights of a text's neighbours sum to 1. */
  temperature?: number;
  /** Without a temperature its weight is similarity ^ power, of similarities above 0; default 1. */
  power?: number;
}

export interface Voting {
  /** Rows of the most similar texts for each text, with their similarities. */
  neighbours: Found;
  /** Reads the labels of such rows, in their order. */
  labelsOf: (rows: Int32Array) => Lists;
  /** The row of each text itself, which does not vote; −1 if it has none. */
  own?: Int32Array | undefined;
  /** Labels of each text that it must not get. */
  excluded?: Lists | undefined;
}

/** Texts whose voters' labels are read at once. */
const TOGETHER = 64;

/** The labels of each text's neighbours, each with the sum of the weights of the neighbours that have it, 0 … 1. */
export function votes(
  { neighbours, labelsOf, own, excluded }: Voting,
  { k, voters, ...weighing }: VoteOptions,
): Found {
  const texts = neighbours.ids.length / neighbours.k;
  const found = emptyFound(texts, k);
  for (let begin = 0; begin < texts; begin += TOGETHER) {
    const near = Array.from({ length: Math.min(TOGETHER, texts - begin) }, (_x, i) =>
      votersOf(neighbours, begin + i, { own: own?.[begin + i], voters, ...weighing }),
    );
    const labels = labelsOf(joined(Int32Array, near.map(({ rows }) => rows))); // prettier-ignore
    let voter = 0;
    near.forEach(({ weights }, i) => {
      const sums = new Map<number, number>();
      for (const weight of weights)
        for (const label of listAt(labels, voter++)) sums.set(label, (sums.get(label) ?? 0) + weight);
      for (const label of excluded ? listAt(excluded, begin + i) : []) sums.delete(label);
      addBest(found, begin + i, sums);
    });
  }
  return found;
}

function addBest({ ids, scores, k }: Found, text: number, sums: ReadonlyMap<number, number>): void {
  const ranked = [...sums].sort(([a, one], [b, other]) => other - one || a - b).slice(0, k);
  ranked.forEach(([label, sum], rank) => {
    ids[text * k + rank] = label;
    scores[text * k + rank] = sum;
  });
}

/** Texts that vote, the most similar first. */
export interface Voters {
  rows: Int32Array;
  scores: Float32Array;
  /** Their sum is 1. */
  weights: Float64Array;
}

/** The best neighbours of one text, without the text itself. */
export function votersOf(
  neighbours: Found,
  text: number,
  { own, voters, ...weighing }: Omit<VoteOptions, 'k'> & { own?: number | undefined },
): Voters {
  const all = rankedAt(neighbours, text);
  const places = all
    .map((_row, i) => i)
    .filter((i) => all[i] !== own)
    .subarray(0, voters);
  const begin = text * neighbours.k;
  const scores = Float32Array.from(places, (i) => neighbours.scores[begin + i]!);
  return { rows: places.map((i) => all[i]!), scores, weights: weightsOf(scores, weighing) };
}

/** Of scores in descending order; their sum is 1. */
function weightsOf(
  scores: Float32Array,
  { temperature, power = 1 }: Pick<VoteOptions, 'temperature' | 'power'>,
): Float64Array {
  const best = scores[0] ?? 0;
  const weights = Float64Array.from(scores, (score) =>
    temperature === undefined ? (score / best) ** power : Math.exp((score - best) / temperature),
  );
  const sum = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight / sum);
}
