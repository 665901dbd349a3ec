/** The output of commands that evaluate: tables for people, JSON for scripts. */
import type { Evaluation } from '../../operators/evaluate.js';
import type { Reliability } from '../metrics/calibration.js';
import type { Metrics } from '../metrics/ranking.js';
import type { SearchKind } from '../search/choose.js';
import { decilesTable, metricsTable, percents, textTable } from './table.js';
import { print } from '../files/standard-output.js';
import { writeJson } from '../files/write-json.js';

/** `search` is told where there was one. `json` is a file; `-` prints the JSON to standard output instead of the tables. */
export async function showEvaluation(
  { texts, metrics, deciles, sources, decisions, calibration }: Evaluation,
  { json, search }: { json?: string | undefined; search?: SearchKind },
): Promise<void> {
  const flat = deciles?.map(({ metrics, ...bin }) => ({ ...bin, ...metrics }));
  const more = { sources, decisions, calibration };
  if (json !== undefined)
    await writeJson(json, {
      texts,
      ...(search && { search }),
      ...metrics,
      ...(flat && { deciles: flat }),
      ...more,
    });
  if (json === '-') return;
  const lines: string[] = [];
  const show = (...more: string[]): unknown => lines.push(...more);
  show(search === undefined ? `${texts} texts` : `${texts} texts, ${SEARCHED[search]}`);
  if (sources) show(comparisonTable({ ...sources, fused: metrics }), '');
  show(metricsTable(metrics));
  if (decisions) {
    const { threshold, precision, recall, f1 } = decisions.best;
    const at = [precision, recall, f1].map((value) => (100 * value).toFixed(2));
    show('', metricsTable(decisions.metrics));
    show(
      `from probability ${threshold} on, over all labels: precision ${at[0]}, recall ${at[1]}, F1 ${at[2]}`,
    );
  }
  if (calibration) show('', reliabilityTable(calibration));
  if (deciles) show('', DECILES_HEAD, decilesTable(deciles));
  await print(`${lines.join('\n')}\n`);
}

/** Which search the numbers are of. */
const SEARCHED: Readonly<Record<SearchKind, string>> = {
  exact: 'all labels searched',
  ann: 'labels searched by index',
  auto: 'labels searched by index where there is one',
};

const COMPARED = ['P@1', 'P@5', 'nDCG@5', 'PSP@1', 'PSP@5', 'R@10', 'R@100'];

/** A row for each source and for the ranker. */
const comparisonTable = (rows: Readonly<Record<string, Metrics>>): string =>
  textTable([
    ['%', ...COMPARED],
    ...Object.entries(rows).map(([name, metrics]) => [name, ...percents(metrics, COMPARED)]),
  ]);

/** The share of right labels beside the probability that they were given. */
function reliabilityTable({ top5, all }: { top5: Reliability; all: Reliability }): string {
  const rows = top5.bins.map(({ probability, share, labels }) => [
    ...[probability, share].map((value) => (100 * value).toFixed(1)),
    String(labels),
  ]);
  return [
    'Probabilities of the five best labels, in %',
    textTable([['given', 'right', 'labels'], ...rows]),
    `expected calibration error: ${top5.error.toFixed(4)}; over all labels found: ${all.error.toFixed(4)}`,
  ].join('\n');
}

const DECILES_HEAD =
  'Labels by frequency in training, head to tail, with about equally many occurrences in each tenth;\n' +
  'contributions to P (they sum to it) and recall of the true labels, in %';
