/** Inputs that once went wrong, each through the command line, with what is right: see the folders beside this file. */
import { spawnSync, type SpawnSyncReturns } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import tap, { test } from 'tap';

const cases = resolve('test/cases');
const out = mkdtempSync(join(tmpdir(), 'dexa-cases-'));
tap.teardown(() => {
  rmSync(out, { recursive: true });
});

const SMALL = '--epochs 1 --dim 32 --aux 0 --batch 16 --words 0 --threads 1';
const DEXA = `${process.execPath} ${resolve('dist/src/command/dexa.js')}`;

/** Runs a line of a shell in which `dexa` is the command and `$out` a folder. */
const sh = (line: string): SpawnSyncReturns<string> =>
  spawnSync('bash', ['-c', `set -o pipefail; dexa() { ${DEXA} "$@"; }; out=${out}; ${line}`], {
    cwd: cases,
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
  });

/** The run that others use. */
const prepared = sh(
  `dexa import small/raw --out $out/ds && dexa train --data $out/ds --run $out/run ${SMALL}`,
);

test('a healthy set is imported and trained', async (t) => {
  t.equal(prepared.status, 0, prepared.stderr);
});

test('a gap in shards is refused by the missing one', async (t) => {
  const { status, stderr } = sh('dexa import parquet-missing-shard/raw --out $out/gap');
  t.same({ status, lines: stderr.split('\n').length }, { status: 2, lines: 2 });
  t.match(stderr, /train-00001.parquet: this shard is missing, but train-00002.parquet exists/);
});

test('shards named as on the hub are read', async (t) => {
  t.match(
    sh('dexa import parquet-hub-shard-names/raw --out $out/hub').stdout,
    /40 training and 8 test texts/,
  );
});

test('a label named twice counts once', async (t) => {
  const [twice, once] = ['raw', 'raw-once'].map((raw) => {
    const { stdout } = sh(
      `dexa import parquet-repeated-labels/${raw} --out $out/${raw} > /dev/null && dexa evaluate --run $out/run --data $out/${raw} --json -`,
    );
    return JSON.parse(stdout) as Record<string, unknown>;
  });
  t.same(twice, once);
  const metrics = (truth: string) =>
    sh(
      `dexa metrics --truth metrics-repeated-truth/${truth} --predictions metrics-repeated-truth/predictions.jsonl`,
    ).stdout;
  t.match(metrics('truth.jsonl'), /^2 texts/);
  t.equal(metrics('truth.jsonl'), metrics('truth-once.jsonl'));
});

test('a long text without spaces is cut to the tokens that are kept', async (t) => {
  writeFileSync(join(out, 'line.txt'), `river\n${'a.b,c;'.repeat(160_000)}\nlake\n`);
  writeFileSync(join(out, 'short.txt'), `river\n${'a.b,c;'.repeat(2000)}\nlake\n`);
  const answers = (file: string) =>
    sh(`dexa predict --run $out/run --source encoder --input $out/${file}`)
      .stdout.trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { labels: number[] }).labels);
  t.equal(answers('line.txt').length, 3);
  t.same(answers('line.txt'), answers('short.txt'));
});

test('eight texts train every source, with as many negatives as there are', async (t) => {
  const {
    status,
    stdout: told,
    stderr,
  } = sh(
    'dexa import few-texts/raw --out $out/few && dexa train --data $out/few --run $out/few-run --batch 8 --epochs 1 --dim 32 --aux 0',
  );
  t.equal(status, 0, stderr);
  t.match(told, /^encoder: 1 steps, loss \d\.\d+ in the last epoch$/m);
  const { stdout } = sh('dexa evaluate --run $out/few-run --data $out/few');
  for (const row of ['1 texts', 'encoder', 'neighbours', 'words', 'names', 'word-neighbours', 'fused'])
    t.match(stdout, new RegExp(`^${row}\\b`, 'm'));
});

test('batches of less than nine texts train', async (t) => {
  for (const batch of [2, 3, 4, 5, 6, 8]) {
    const { status, stdout, stderr } = sh(
      `dexa train --data $out/ds --run $out/batch-${batch} --sources encoder ${SMALL.replace('--batch 16', `--batch ${batch}`)}`,
    );
    t.equal(status, 0, stderr);
    const steps = Math.floor(40 / batch);
    t.match(stdout, new RegExp(`^encoder: ${steps} steps, loss \\d\\.\\d+ in the last epoch$`, 'm'));
  }
});

test('a closed pipe ends a command without a word, a full disk in one line', async (t) => {
  const head = sh('yes river | head -20000 | dexa predict --run $out/run --input - | head -1');
  t.equal(head.stderr, '');
  t.equal(head.stdout.split('\n').length, 2);
  for (const command of [
    'evaluate --run $out/run --data $out/ds',
    'predict --run $out/run --input $out/line.txt',
  ]) {
    t.same(sh(`dexa ${command} | true`).stderr, '');
    const { status, stderr } = sh(`dexa ${command} > /dev/full`);
    t.same({ status, lines: stderr.split('\n').length }, { status: 2, lines: 2 }, stderr);
  }
});

test('a pooling is done as the folder says, old and new', async (t) => {
  const vectors = (name: string) => {
    const train = `dexa train --data $out/ds --run $out/${name} --sources encoder --encoder st-pooling-string/${name} ${SMALL.replace('--dim 32', '').replace('--words 0', '')}`;
    const { status, stderr } = sh(train);
    t.equal(status, 0, stderr);
    return readFileSync(join(out, name, 'label-embeddings.npy'));
  };
  const [mean, cls, before] = ['mean', 'cls', 'cls-before'].map(vectors);
  t.ok(cls!.equals(before!));
  t.notOk(mean!.equals(cls!));
});

test('a tokenizer with more tokens than the table is refused at the start', async (t) => {
  const { status, stderr } = sh(
    'dexa train --data $out/ds --run $out/beyond --encoder tokenizer-beyond-table/model --aux 0 --epochs 1 --batch 16',
  );
  t.equal(status, 2);
  t.match(stderr, /tokenizer.json: makes token 88, but vocab_size in .*config.json is 40/);
  t.notOk(sh('ls $out/beyond').status === 0);
});
