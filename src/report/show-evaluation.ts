/** The output of commands that evaluate: tables for people, JSON for scripts. */
import type { Evaluation } from '../../operators/evaluate.js';
import { decilesTable, metricsTable } from './table.js';
import { writeJson } from '../files/write-json.js';

/** `json` is a file; `-` prints the JSON to standard output instead of the tables. */
export async function showEvaluation(
  { texts, metrics, deciles }: Evaluation,
  { json }: { json?: string | undefined },
): Promise<void> {
  const flat = deciles?.map(({ metrics, ...bin }) => ({ ...bin, ...metrics }));
  if (json !== undefined) await writeJson(json, { texts, ...metrics, ...(flat && { deciles: flat }) });
  if (json === '-') return;
  process.stdout.write(`${texts} texts\n${metricsTable(metrics)}\n`);
  if (deciles) process.stdout.write(`\n${DECILES_HEAD}\n${decilesTable(deciles)}\n`);
}

const DECILES_HEAD =
  'Labels by frequency in training, head to tail, with about equally many occurrences in each tenth;\n' +
  'contributions to P (they sum to it) and recall of the true labels, in %';
