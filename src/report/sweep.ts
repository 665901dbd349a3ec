/** Quality against the number of auxiliary vectors: what was measured, as rows and as a table. */
import * as z from 'zod';
import { textTable } from './table.js';

/** A model trained and scored. */
export const SweepRow = z.object({
  /** Whether head labels have auxiliary vectors of their own. */
  head: z.boolean(),
  /** Auxiliary vectors that labels share, those that one label has alone, and all; none is NGAME. */
  shared: z.int(),
  private: z.int(),
  total: z.int(),
  /** What training took. */
  seconds: z.number(),
  /** Of the held-out texts, fractions. */
  metrics: z.record(z.string(), z.number()),
});
export type SweepRow = z.infer<typeof SweepRow>;

/** What a row belongs to. */
export const SERIES = ['NGAME', 'with head vectors', 'without head vectors'] as const;
export const seriesOf = ({ head, total }: Pick<SweepRow, 'head' | 'total'>): (typeof SERIES)[number] =>
  total === 0 ? 'NGAME' : head ? 'with head vectors' : 'without head vectors';

const SHOWN = ['P@1', 'P@3', 'P@5', 'nDCG@5', 'PSP@1', 'PSP@5', 'R@10', 'R@100'];

/** Rows of cells, the first the head; metrics in percent. */
export function sweepCells(rows: readonly SweepRow[]): string[][] {
  const cells = rows.map((row) => [
    seriesOf(row),
    ...[row.shared, row.private, row.total].map((count) => count.toLocaleString('en')),
    ...SHOWN.map((key) => (row.metrics[key] === undefined ? '' : (100 * row.metrics[key]).toFixed(2))),
  ]);
  return [['', 'shared', 'private', 'total', ...SHOWN], ...cells];
}

export const sweepTable = (rows: readonly SweepRow[]): string => textTable(sweepCells(rows));
