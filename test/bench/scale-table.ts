/** The measurements of the scale benchmark, as tables and a figure. */
import { svgOf } from '../../src/report/svg.js';
import { table } from './results.js';

/** What a stage took. */
export interface Stage {
  stage: string;
  /** Number of labels or texts. */
  rows: number;
  seconds: number;
  /** Bytes written. */
  written: number;
  /** Peak resident memory of the process, bytes. */
  peak: number;
}

/** Seconds and rows of the stages, from `dexa plan`. */
export type Planned = Record<string, { seconds: number; rows: number }>;

/** One size. */
export interface Size {
  labels: number;
  machine: string;
  stages: Stage[];
  planned: Planned;
  steps: number;
  auxiliary: number;
  /** Held-out texts, and R@100 over all labels with auxiliary vectors and without. */
  texts: number;
  recall: { DEXA: number; NGAME: number };
}

const number = (x: number): string => x.toLocaleString('en', { maximumSignificantDigits: 3 });
const percent = (x: number): string => number(100 * x);
const peakOf = ({ stages }: Size): number => Math.max(...stages.map(({ peak }) => peak));
const perRow = ({ seconds, rows }: Stage): number => (1e6 * seconds) / rows;

/** What was planned for the same number of rows: evaluation counts labels once more. */
function plannedFor({ stage, rows }: Stage, planned: Planned): string {
  const plan = planned[stage];
  return plan ? ((plan.seconds / plan.rows) * rows).toFixed(1) : '';
}

/** Stages by size. */
export function stagesTable({ stages, planned }: Size): string {
  const cells = stages.map((stage) => [
    stage.stage,
    number(stage.rows),
    stage.seconds.toFixed(1),
    plannedFor(stage, planned),
    number(stage.rows / stage.seconds),
    number(perRow(stage)),
    number(stage.peak / 1e6),
    number(stage.written / 1e6),
  ]);
  return table([['', 'rows', 'seconds', 'planned', 'rows/s', 'µs a row', 'peak MB', 'written MB'], ...cells]);
}

/** Sizes side by side. */
export const sizesTable = (sizes: readonly Size[]): string =>
  table([
    ['labels', 'vectors', 'peak MB', 'R@100 %', 'without vectors %', 'by chance %', 'minutes'],
    ...sizes.map((size) => [
      size.labels.toLocaleString('en'),
      size.auxiliary.toLocaleString('en'),
      number(peakOf(size) / 1e6),
      percent(size.recall.DEXA),
      percent(size.recall.NGAME),
      percent(100 / size.labels),
      number(size.stages.reduce((sum, { seconds }) => sum + seconds, 0) / 60),
    ]),
  ]);

/** Time per row by the number of labels, one line per stage. */
export const sizesPlot = (sizes: readonly Size[]): Promise<string> =>
  svgOf({
    title: { text: 'Time by the number of labels', anchor: 'start', fontSize: 14 },
    data: {
      values: sizes.flatMap(({ labels, stages }) =>
        stages.map((stage) => ({ labels, stage: stage.stage, time: perRow(stage) })),
      ),
    },
    width: 420,
    height: 320,
    mark: { type: 'line', point: { size: 45 }, strokeWidth: 2 },
    encoding: {
      x: {
        field: 'labels',
        type: 'quantitative',
        scale: { type: 'log' },
        axis: { values: sizes.map(({ labels }) => labels), format: '~s', grid: false },
        title: 'labels',
      },
      y: { field: 'time', type: 'quantitative', scale: { type: 'log' }, title: 'µs a row' },
      color: { field: 'stage', type: 'nominal', scale: { scheme: 'tableau20' }, legend: { title: null } },
    },
  });
