/** Quality against the number of auxiliary vectors: the measurements, as rows and as a table. */
import * as z from 'zod';
import { percents, textTable } from './table.js';

/** A trained and evaluated model. */
export const SweepRow = z.object({
  /** Whether head labels have auxiliary vectors of their own. */
  head: z.boolean(),
  /** Auxiliary vectors that are shared, that belong to one label each, and in total; 0 is NGAME. */
  shared: z.int(),
  private: z.int(),
  total: z.int(),
  /** Training time. */
  seconds: z.number(),
  /** Metrics on the held-out texts, fractions 0..1. */
  metrics: z.record(z.string(), z.number()),
});
export type SweepRow = z.infer<typeof SweepRow>;

/** The series that a row belongs to. */
export const SERIES = ['NGAME', 'with head vectors', 'without head vectors'] as const;
export const seriesOf = ({ head, total }: Pick<SweepRow, 'head' | 'total'>): (typeof SERIES)[number] =>
  total === 0 ? 'NGAME' : head ? 'with head vectors' : 'without head vectors';

/** The metrics that comparisons of systems show. */
export const SHOWN = ['P@1', 'P@3', 'P@5', 'nDCG@5', 'PSP@1', 'PSP@5', 'R@10', 'R@100'];

/** Rows of cells, the header first; metrics in percent. */
export function sweepCells(rows: readonly SweepRow[]): string[][] {
  const cells = rows.map((row) => [
    seriesOf(row),
    ...[row.shared, row.private, row.total].map((count) => count.toLocaleString('en')),
    ...percents(row.metrics, SHOWN),
  ]);
  return [['', 'shared', 'private', 'total', ...SHOWN], ...cells];
}

export const sweepTable = (rows: readonly SweepRow[]): string => textTable(sweepCells(rows));
