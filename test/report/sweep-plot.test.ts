import { test } from 'tap';
import { sweepPlot } from '../../src/report/sweep-plot.js';
import { sweepTable, type SweepRow } from '../../src/report/sweep.js';
import { wellFormed } from './well-formed.js';

const row = (head: boolean, shared: number, own: number, p: number): SweepRow => ({
  head,
  shared,
  private: own,
  total: shared + own,
  seconds: 12.3,
  metrics: { 'P@1': p, 'PSP@5': p / 2, 'R@10': 2 * p },
});
const ROWS = [
  row(false, 0, 0, 0.2),
  row(false, 512, 0, 0.22),
  row(false, 8192, 0, 0.24),
  row(true, 512, 90, 0.23),
  row(true, 8192, 90, 0.26),
];

/** Colours of the lines and rules drawn, without those of the axes. */
const strokes = (svg: string, mark: string): string[] =>
  [...svg.matchAll(new RegExp(`<g class="mark-${mark} role-mark.*?</g>`, 'gs'))].flatMap(([group]) =>
    [...group.matchAll(/stroke="(#\w+)"/g)].map(([, color]) => color!),
  );

test('a plot has both lines and NGAME in each panel', async (t) => {
  const svg = await sweepPlot(ROWS, { title: 'tiny <set>' });
  wellFormed(t, svg);
  t.match(svg, /^<svg [^]*tiny &lt;set&gt;/);
  t.same(strokes(svg, 'line').sort(), ['#1f6fb4', '#1f6fb4', '#d95f02', '#d95f02']);
  t.same(strokes(svg, 'rule'), ['#6b6b6b', '#6b6b6b']);
  for (const text of ['P@1 (%)', 'PSP@5 (%)', 'NGAME', 'with head vectors', 'without head vectors', '8,192'])
    t.ok(svg.includes(`>${text}</text>`), text);
  t.notMatch(svg, /NaN|undefined/);
});

test('a plot without NGAME, or with a single count, is still drawn', async (t) => {
  const svg = await sweepPlot(ROWS.slice(1, 2), { title: 'tiny' });
  wellFormed(t, svg);
  t.same(strokes(svg, 'rule'), []);
});

test('a table has one row per model', async (t) => {
  t.equal(
    sweepTable(ROWS.slice(2, 4)),
    [
      '                      shared  private  total    P@1  P@3  P@5  nDCG@5  PSP@1  PSP@5   R@10  R@100',
      'without head vectors   8,192        0  8,192  24.00                           12.00  48.00',
      'with head vectors        512       90    602  23.00                           11.50  46.00',
    ].join('\n'),
  );
});
