/** A text of the greatest length, without spaces, through the command line. */
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from 'tap';
import { LONGEST_TEXT } from '../../src/formats/lines.js';

/** Prints the greatest resident set of the process, in KiB, when it ends. */
const PEAK = `data:text/javascript,process.on('exit',()=>console.error('peak',process.resourceUsage().maxRSS))`;
const MOST_MB = 1024;
const MOST_SECONDS = 60;

const NAMES = ['river', 'mountain', 'engine', 'music'];
const PART = 'a.b,c;';
const LONG = PART.repeat(LONGEST_TEXT / PART.length);

test('a text of 64 MB without spaces is imported, trained on and answered, in bounded time and memory', async (t) => {
  const dir = t.testdir({ raw: {} });
  const dexa = (line: string): string => {
    const started = performance.now();
    const args = ['--import', PEAK, resolve('dist/src/command/dexa.js'), ...line.split(' ')];
    const { status, stdout, stderr } = spawnSync(process.execPath, args, {
      cwd: dir,
      encoding: 'utf8',
      maxBuffer: 2 * LONGEST_TEXT,
    });
    t.equal(status, 0, stderr);
    t.ok(performance.now() - started < 1000 * MOST_SECONDS, `${line}: ${performance.now() - started} ms`);
    const peak = Math.max(...Array.from(stderr.matchAll(/^peak (\d+)$/gm), ([, kib]) => Number(kib) / 1024));
    t.ok(peak > 0 && peak < MOST_MB, `${line}: ${peak} MB`);
    return stdout;
  };
  const write = (name: string, rows: readonly object[]) => {
    writeFileSync(join(dir, 'raw', name), rows.map((row) => JSON.stringify(row)).join('\n'));
  };
  const known = Array.from({ length: 24 }, (_x, i) => ({
    title: `${NAMES[i % 4]} ${i}`,
    target_ind: [i % 4],
  }));
  const long = { title: LONG, target_ind: [0] };
  write('lbl.json', NAMES.map((title) => ({ title }))); // prettier-ignore
  write('trn.json', [...known, long]);
  write('tst.json', [known[0]!, long]);
  t.match(dexa('import raw --out data'), /^data: 4 labels .* 25 training and 2 test texts/);
  dexa(
    'train --data data --run run --sources encoder,words --epochs 1 --dim 32 --aux 0 --batch 8 --threads 1',
  );

  writeFileSync(join(dir, 'texts.txt'), ['music 3', LONG, 'river 0', PART.repeat(2000)].join('\n'));
  const answers = dexa('predict --run run --source encoder --input texts.txt --threads 1')
    .trimEnd()
    .split('\n');
  const rows = answers.map((line) => JSON.parse(line) as { text: string; labels: number[] });
  t.same(rows.map(({ text }) => text.length), [7, LONG.length, 7, 12_000]); // prettier-ignore
  t.same(rows[1]!.labels, rows[3]!.labels, 'the tokens that are kept are those of a shorter text');
});
