/** Fits boosted trees over a run's sources to texts that none of them was trained on. */
import { copyFile } from 'node:fs/promises';
import type { Metrics } from '../metrics/ranking.js';
import { saveBoosted } from '../ranker/boosted-file.js';
import { fitBoosted, type BoostedComparison } from '../ranker/fit-boosted.js';
import { BOOSTED } from '../sources/published.js';
import type { SourceSpec } from '../sources/spec.js';
import { INT } from './cost.js';
import type { DataFiles } from './data-files.js';
import { heldCount } from './hold-back.js';
import { judgeSources, knownLabels } from './judge-sources.js';
import type { Stage } from './stage.js';

export interface FitRankerOptions {
  /** Trained without the held-back texts, or leaving each text itself out (`Prepared.own`); paths relative to the run. */
  sources: readonly SourceSpec[];
  seed: number;
  threads: number;
}

interface Inputs {
  readonly data: DataFiles;
  /** Rows of the held-back texts, `.npy` int32, ascending. */
  readonly held: string;
  /** `.npy`, `[labels]`: int32 training texts, and float32 1 / p. */
  readonly frequency: string;
  readonly inversePropensity: string;
  /** What else the sources were built from. */
  readonly [built: string]: string | DataFiles | undefined;
}

/** Leaves the files of `BOOSTED`. Memory: what is found for the held-back texts, which are few; some 10 KB each. */
export const fitRanker = ({
  sources,
  seed,
  threads,
}: FitRankerOptions): Stage<Inputs, { model: string; frequencies: string }, 'search for ranking'> => ({
  name: 'fit ranker',
  options: { sources: sources.map(({ name }) => name), seed },
  leaves: ({ kept }) => ({ model: kept(BOOSTED.files.model), frequencies: kept(BOOSTED.files.frequency) }),
  cost: ({ labels, labelled }) => ({
    work: { 'search for ranking': { rows: sources.length * heldCount(labelled, 'boosted') } },
    disk: [{ what: 'label frequencies', bytes: labels * INT, lasts: 'run' }],
  }),
  run: async ({ data, held, frequency, inversePropensity }, { model: path, frequencies }, context) => {
    await copyFile(frequency, frequencies);
    const judged = await judgeSources(sources, { data, held, threads }, context);
    const ranked = sources.map(({ name, scale }) => ({
      name,
      byDifference: scale === 'logit' || scale === 'log-probability',
    }));
    const known = knownLabels(judged, { frequency, inversePropensity });
    const { model, comparison } = fitBoosted(judged, ranked, { ...known, seed });
    await saveBoosted(path, model, comparison);
    for (const line of linesOf(comparison)) context.summarise(line);
    return { ...comparison };
  },
});

const KEYS = ['P@1', 'nDCG@5', 'PSP@5'];

/** What the user is told. */
function linesOf({ sources, fused, leftOut, calibrationError }: BoostedComparison): string[] {
  const line = (name: string, metrics: Metrics): string =>
    `${name} ${KEYS.map((key) => (100 * metrics[key]!).toFixed(2)).join(' / ')}`;
  const rows = [...Object.entries(sources), ['fused', fused] as const].map(([name, own]) => line(name, own));
  return [
    `${KEYS.join(' / ')} in % on the held-back texts: ${rows.join(', ')}`,
    `calibration error of the five best labels: ${calibrationError.toFixed(3)}`,
    ...leftOut.map((name) => `source ${name} is left out of the ranking, which is better without it`),
  ];
}
