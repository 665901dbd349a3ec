/** What the commands that evaluate print: a table for people, JSON for scripts. */
import type { Evaluation } from '../operators/evaluate.js';
import { metricsTable } from '../src/metrics/table.js';
import { writeJson } from '../src/store/write-json.js';

/** `json` is a file, `-` for standard output in place of the table. */
export async function showEvaluation(
  { texts, metrics }: Evaluation,
  { json }: { json?: string | undefined },
): Promise<void> {
  if (json !== undefined) await writeJson(json, { texts, ...metrics });
  if (json !== '-') process.stdout.write(`${texts} texts\n${metricsTable(metrics)}\n`);
}
