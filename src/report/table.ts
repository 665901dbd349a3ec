import type { Decile } from '../metrics/deciles.js';
import type { Metrics } from '../metrics/ranking.js';

/** Metrics in percent as a table for people: one row per metric, one column per cut-off. */
export function metricsTable(metrics: Metrics): string {
  const cells = Object.entries(metrics).map(([key, value]) => {
    const [name = '', cutoff = ''] = key.split('@');
    return { name, cutoff, value: (100 * value).toFixed(2) };
  });
  const names = [...new Set(cells.map(({ name }) => name))];
  const cutoffs = [...new Set(cells.map(({ cutoff }) => cutoff))];
  const rows = names.map((name) => [
    name,
    ...cutoffs.map((k) => cells.find((cell) => cell.name === name && cell.cutoff === k)?.value ?? ''),
  ]);
  return textTable([['%', ...cutoffs.map((k) => `@${k}`)], ...rows]);
}

const BINNED = ['P@1', 'P@5', 'R@10', 'R@100'];

/** Deciles as a table, head to tail; metrics in percent. */
export function decilesTable(deciles: readonly Decile[]): string {
  const rows = deciles.map(({ labels, least, most, truths, metrics }, i) => [
    String(i + 1),
    String(labels),
    least === undefined ? '' : `${least}–${most}`,
    String(truths),
    ...percents(metrics, BINNED),
  ]);
  return textTable([['decile', 'labels', 'training texts', 'true', ...BINNED], ...rows]);
}

/** The metrics `keys` in percent; empty where there is none. */
export const percents = (metrics: Metrics, keys: readonly string[]): string[] =>
  keys.map((key) => (metrics[key] === undefined ? '' : (100 * metrics[key]).toFixed(2)));

/** Formats rows of cells; the first column is left-aligned, the others are right-aligned. */
export function textTable(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]!.map((_cell, i) => Math.max(...rows.map((row) => row[i]!.length)));
  const line = (row: readonly string[]): string =>
    row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!))).join('  ');
  return rows.map((row) => line(row).trimEnd()).join('\n');
}
