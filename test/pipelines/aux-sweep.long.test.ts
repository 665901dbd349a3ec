import { linkSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'tap';
import { auxSweep } from '../../pipelines/aux-sweep.js';
import { refusal } from '../refusal.js';
import { wellFormed } from '../report/well-formed.js';
import { tinyDataset } from '../tiny.js';

test('a sweep trains each model once, can be resumed, and leaves numbers and a plot', async (t) => {
  const dir = t.testdir();
  const [data, out] = [join(dir, 'data'), join(dir, 'out')];
  await tinyDataset(data);
  const notes: string[] = [];
  const stages = new Set<string>();
  const watch = {
    note: (message: string) => notes.push(message),
    report: ({ stage }: { stage: string }) => stages.add(stage.replace(/: .*/, '')),
  };
  const options = { data, out, headMinCount: 7, epochs: 1, batch: 64, threads: 1 };
  const first = await auxSweep({ ...options, vectors: [0, 4] }, watch);
  t.match(
    first.rows.map(({ head, shared, total }) => [head, shared, total - shared > 0]),
    [
      [false, 0, false],
      [false, 4, false],
      [true, 4, true],
    ],
  );
  for (const { private: own, shared, total, metrics } of first.rows) {
    t.equal(own + shared, total);
    t.ok(metrics['P@1']! > 0 && 'PSP@5' in metrics && 'R@10' in metrics);
  }
  t.match(first.options, { name: 'tiny', labels: 60, train: 240, test: 40, epochs: 1, seed: 0 });
  t.same(readdirSync(out).sort(), ['sweep.json', 'sweep.svg'], 'models and tokens are deleted');
  const saved = (): unknown => JSON.parse(readFileSync(join(out, 'sweep.json'), 'utf8'));
  t.same(saved(), first);
  t.same(notes, []);

  const plot = join(out, 'sweep.svg');
  linkSync(plot, join(dir, 'first.svg'));
  const before = readFileSync(plot, 'utf8');

  stages.clear();
  const more = await auxSweep({ ...options, vectors: [4, 50, 80] }, watch);
  t.same(
    [...stages].sort(),
    ['count labels', 'without head vectors, 50 shared'],
    'only what is new is trained',
  );
  t.same(
    more.rows.filter(({ shared }) => shared !== 50),
    first.rows,
  );
  t.equal(more.rows.length, 4);
  t.match(notes, [
    /^without head vectors: 80 left out: only 60 labels share vectors$/,
    /^with head vectors: 50 left out: only \d+ labels share vectors$/,
    /^with head vectors: 80 left out: only \d+ labels share vectors$/,
  ]);
  const svg = readFileSync(plot, 'utf8');
  wellFormed(t, svg);
  t.match(svg, /tiny: quality by the number of auxiliary vectors/);

  t.not(svg, before);
  t.equal(readFileSync(join(dir, 'first.svg'), 'utf8'), before, 'a plot is replaced, not written over');

  const other = await refusal(t, auxSweep({ ...options, epochs: 2 }));
  t.match(other, /sweep.json: the sweep was started with epochs 1, not 2; remove it first$/);
  t.same(saved(), more, 'which is unchanged');
});
