/** The sweep's figure: P@1 and PSP@5 against shared auxiliary vectors, with and without head vectors. */
import { svgOf, type TopLevelSpec } from './svg.js';
import { SERIES, seriesOf, type SweepRow } from './sweep.js';

const PANELS = ['P@1', 'PSP@5'];
/** NGAME has no vectors, so it has no place on a logarithmic axis: it is a dashed horizontal line. */
const COLORS = ['#6b6b6b', '#1f6fb4', '#d95f02'];

/** As an SVG document. */
export const sweepPlot = (rows: readonly SweepRow[], { title }: { title: string }): Promise<string> =>
  svgOf(specOf(rows, title));

function specOf(rows: readonly SweepRow[], title: string): TopLevelSpec {
  const values = rows.map((row) => ({
    series: seriesOf(row),
    shared: row.shared,
    ...Object.fromEntries(PANELS.map((metric) => [fieldOf(metric), 100 * (row.metrics[metric] ?? NaN)])),
  }));
  const counts = [...new Set(rows.map(({ shared }) => shared))].filter((shared) => shared > 0);
  return {
    title: { text: title, anchor: 'start', fontSize: 14 },
    data: { values },
    hconcat: PANELS.map((metric) => panel(metric, counts)),
  };
}

/** A field name that vega-lite does not parse as a path. */
const fieldOf = (metric: string): string => metric.replace('@', '_');

type Panel = Extract<TopLevelSpec, { hconcat: unknown }>['hconcat'][number];

function panel(metric: string, counts: number[]): Panel {
  const y = {
    field: fieldOf(metric),
    type: 'quantitative',
    scale: { zero: false, nice: true },
    title: `${metric} (%)`,
  } as const;
  const color = {
    field: 'series',
    type: 'nominal',
    scale: { domain: [...SERIES], range: COLORS },
    legend: { title: null, orient: 'bottom', direction: 'horizontal', symbolType: 'stroke', labelLimit: 0 },
  } as const;
  const x = {
    field: 'shared',
    type: 'quantitative',
    scale: { type: 'log', base: 2 },
    axis: { values: counts, format: ',d', grid: false, labelAngle: 0 },
    title: 'shared auxiliary vectors',
  } as const;
  return {
    width: 320,
    height: 260,
    layer: [
      {
        transform: [{ filter: "datum.series !== 'NGAME'" }],
        mark: { type: 'line', point: { size: 45 }, strokeWidth: 2 },
        encoding: { x, y, color },
      },
      {
        transform: [{ filter: "datum.series === 'NGAME'" }],
        mark: { type: 'rule', strokeDash: [6, 4], strokeWidth: 2 },
        encoding: { y, color },
      },
    ],
  };
}
