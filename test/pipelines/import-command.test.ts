/** The command line of an import: what it prints, and what it leaves when it fails or is killed. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from 'tap';

const DEXA = resolve('dist/src/command/dexa.js');
const dexa = (cwd: string, ...args: string[]) =>
  spawnSync(process.execPath, [DEXA, ...args], { cwd, encoding: 'utf8' });

const CSV = 'sku,title,tags\n1,Fork,Garden;Tools\n2,Knife,Kitchen;Tools\n3,Knife,Kitchen;Kitchen\n';

test('a dry run shows the first rows as they are understood, and writes nothing', async (t) => {
  const dir = t.testdir({ 'things.csv': CSV });
  const { status, stdout, stderr } = dexa(
    dir,
    'import',
    'things.csv',
    '--out',
    'out',
    '--dry-run',
    '--id',
    'sku',
  );
  t.equal(status, 0);
  t.equal(stderr, 'things.csv: commas, quotes, a header; text: title; labels: tags, split at ";"; id: sku\n');
  const lines = stdout.trimEnd().split('\n');
  t.same(lines.slice(-3), [
    'nothing written: 3 labels (0 of them empty), 2 training and 1 test texts (0 of them empty, 0 without labels)',
    '1 labels named again by the same text dropped',
    '1 labels occur once; 1 test texts are training texts too',
  ]);
  t.equal(lines.length, 3 + 2 * 2);
  t.ok(lines.includes('"Fork"') || lines.includes('"Knife"'));
  t.same(readdirSync(dir), ['things.csv']);
});

test('bad input is one line and exit code 2, and nothing is left', async (t) => {
  const dir = t.testdir({ 'things.csv': `${CSV}4,"Spade\n`, 'docs.txt': 'a' });
  const refused: [string[], RegExp][] = [
    [['things.csv'], /^error: things.csv:5: a quote is opened and never closed; where quotes mean nothing/m],
    [['docs.txt'], /^error: docs.txt: expected .csv, .tsv, .jsonl or .parquet$/m],
    [['missing.csv'], /^error: missing.csv: cannot be read: ENOENT/m],
    [['things.csv', '--delimiter', '::'], /^error: delimiter: /m],
  ];
  for (const [args, message] of refused) {
    const { status, stdout, stderr } = dexa(dir, 'import', ...args, '--out', 'out');
    t.same({ status, stdout }, { status: 2, stdout: '' }, args.join(' '));
    t.match(stderr, message);
    t.equal(stderr.match(/^error/gm)?.length, 1);
    t.same(readdirSync(dir).sort(), ['docs.txt', 'things.csv']);
  }
});

test('after an import was killed the next one succeeds', async (t) => {
  const dir = t.testdir({ 'few.csv': CSV });
  const rows = Array.from({ length: 200_000 }, (_x, i) => `${i},title ${i},tag ${i}\n`);
  writeFileSync(join(dir, 'many.csv'), `id,title,tags\n${rows.join('')}`);
  const args = ['import', 'many.csv', '--out', 'out', '--progress', 'json'];
  const killed = spawn(process.execPath, [DEXA, ...args], { cwd: dir });
  const closed = once(killed, 'close');
  for await (const line of killed.stderr) if (String(line).includes('"stage":"write')) break;
  killed.kill('SIGKILL');
  await closed;
  t.equal(existsSync(join(dir, 'out')), false);
  t.equal(dexa(dir, 'import', 'few.csv', '--out', 'out').status, 0);
  t.same(readdirSync(join(dir, 'out')), ['dataset.json', 'labels.parquet', 'test.parquet', 'train.parquet']);
  t.equal(existsSync(join(dir, 'out.partial')), false);
});
