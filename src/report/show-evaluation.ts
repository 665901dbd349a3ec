/** What the commands that evaluate print: tables for people, JSON for scripts. */
import type { Evaluation } from '../../operators/evaluate.js';
import { decilesTable, metricsTable } from './table.js';
import { writeJson } from '../files/write-json.js';

/** `json` is a file, `-` for standard output in place of the tables. */
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
  'Labels by how often they occur in training, head to tail, each tenth of about as many occurrences;\n' +
  'parts of P (they sum to it) and recall of the labels that were true, in %';
