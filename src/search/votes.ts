/** Labels by votes of similar texts: k nearest neighbours for many labels. */
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

/** The labels of each text's neighbours, each with the sum of the weights of the neighbours that have it, 0 … 1. */
export function votes(
  { neighbours, labelsOf, own, excluded }: Voting,
  { k, voters, ...weighing }: VoteOptions,
): Found {
  const texts = neighbours.ids.length / neighbours.k;
  const found = emptyFound(texts, k);
  for (let text = 0; text < texts; text++) {
    const near = votersOf(neighbours, text, { own: own?.[text], voters, ...weighing });
    if (near.rows.length === 0) continue;
    const sums = sumVotes(labelsOf(near.rows), near.weights);
    for (const label of excluded ? listAt(excluded, text) : []) sums.delete(label);
    const ranked = [...sums].sort(([a, one], [b, other]) => other - one || a - b).slice(0, k);
    ranked.forEach(([label, sum], rank) => {
      found.ids[text * k + rank] = label;
      found.scores[text * k + rank] = sum;
    });
  }
  return found;
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

function sumVotes(labels: Lists, weights: Float64Array): Map<number, number> {
  const sums = new Map<number, number>();
  weights.forEach((weight, i) => {
    for (const label of listAt(labels, i)) sums.set(label, (sums.get(label) ?? 0) + weight);
  });
  return sums;
}
