/** The command as users run it: from a data set to predictions, and its errors for bad input. */
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { test } from 'tap';
import { readManifest } from '../../src/stages/manifest.js';
import { tinyBert } from '../tiny-bert.js';
import { tinyDataset } from '../tiny.js';

const dexa = (args: string[], input = '') => {
  const { status, stdout, stderr } = spawnSync('node', ['dist/src/command/dexa.js', ...args], {
    input,
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
};

test('train, evaluate and predict', async (t) => {
  const dir = t.testdir();
  const [data, run] = [join(dir, 'data'), join(dir, 'run')];
  await tinyDataset(data);
  const trained = dexa(
    `train --data ${data} --sources encoder --run ${run} --words 0 --aux 4 --head-min-count 12 --epochs 4 --batch 32 --threads 1`.split(
      ' ',
    ),
  );
  t.match(trained, {
    status: 0,
    stderr: '',
    stdout: /^240 training texts with labels; 0 without labels, left out\n/,
  });
  t.same(readdirSync(run).sort(), [
    'auxiliary.npy',
    'digests.json',
    'label-embeddings.npy',
    'label-texts.offsets.npy',
    'label-texts.utf8.npy',
    'manifest.json',
    'model',
    'training.jsonl',
  ]);
  t.equal(
    readFileSync(join(run, 'training.jsonl'), 'utf8').trim().split('\n').length,
    4,
    'one line per epoch',
  );

  const json = join(dir, 'metrics.json');
  const evaluated = dexa(`evaluate --run ${run} --data ${data} --json ${json} --threads 1`.split(' '));
  t.match(evaluated, {
    status: 0,
    stderr: '',
    stdout: /^40 texts, all labels searched\n% +@1 [^]*\ndecile +labels /,
  });
  const metrics = JSON.parse(readFileSync(json, 'utf8')) as Record<string, number>;
  const { deciles } = JSON.parse(readFileSync(json, 'utf8')) as { deciles: Record<string, number>[] };
  const parts = deciles.reduce((sum, bin) => sum + bin['P@5']!, 0);
  t.ok(deciles.length === 10 && Math.abs(parts - metrics['P@5']!) < 1e-9, 'their parts sum to P@5');
  t.ok(metrics['P@1']! > 0.5 && metrics['P@1']! <= 1, `P@1 ${metrics['P@1']}`);
  t.ok(metrics['PSnDCG@5']! > 0.5 && metrics['R@20']! > 0.8);
  const few = dexa(`evaluate --run ${run} --data ${data} --limit 3 --json - --threads 1`.split(' '));
  t.equal((JSON.parse(few.stdout) as { texts: number }).texts, 3);

  const predicted = dexa(
    `predict --run ${run} --input - --top 2 --threads 1`.split(' '),
    'river\n\nbread music\n',
  );
  t.match(predicted, { status: 0, stderr: '' });
  const lines = predicted.stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown[]>);
  t.same(
    lines.map(({ text }) => text),
    ['river', '', 'bread music'],
    'in order',
  );
  t.same(
    lines.map(({ labels }) => labels!.length),
    [2, 0, 2],
    'an empty text has no labels',
  );
  t.match(lines[0]!['names']![0], /river/);

  const out = join(dir, 'predictions.parquet');
  const truth = join(data, 'test.parquet');
  t.match(dexa(`predict --run ${run} --input ${truth} --top 5 --out ${out} --threads 1`.split(' ')), {
    status: 0,
  });
  const scored = dexa(
    `metrics --truth ${truth} --predictions ${out} --train ${join(data, 'train.parquet')} --json -`.split(
      ' ',
    ),
  );
  const own = JSON.parse(scored.stdout) as Record<string, number>;
  t.ok(Math.abs(own['P@1']! - metrics['P@1']!) < 0.03, 'the same as evaluate, except for the filter');

  const exported = join(dir, 'exported');
  const write = () => dexa(`export --run ${run} --out ${exported}`.split(' '));
  t.match(write(), {
    status: 0,
    stderr: '',
    stdout: `${exported}: the encoder and 60 labels of 256 dimensions\n`,
  });
  t.match(write(), { status: 2, stderr: /exported: already contains .*; remove it first\n$/ });

  const further = join(dir, 'further');
  const options = '--aux 0 --epochs 1 --batch 32 --max-length 8 --threads 1';
  t.match(
    dexa(
      `train --data ${data} --sources encoder --run ${further} --encoder ${run}/model ${options}`.split(' '),
    ),
    { status: 0, stderr: '' },
    'training starts from a trained model',
  );
  t.match(JSON.parse(readFileSync(join(further, 'model', 'config.json'), 'utf8')), { maxLength: 8 });

  t.match(
    dexa(`train --data ${data} --sources encoder --run ${run} --aux 4 --epochs 1 --batch 32`.split(' ')),
    {
      status: 2,
      stderr:
        /run: already holds a trained model; delete the folder to start over, or .* in it to repeat: .*\n$/,
    },
  );
});

test('both modules, and the sources that they add', async (t) => {
  const dir = t.testdir();
  const [data, run] = [join(dir, 'data'), join(dir, 'run')];
  await tinyDataset(data);
  const options = `--aux 4 --head-min-count 12 --epochs 4 --batch 32 --classifier-epochs 3 --classifier-batch 32`;
  const train = (more = '', folder = run) =>
    dexa(
      `train --data ${data} --run ${folder} ${options} --sources encoder,classifier --fuse published --loss triplet --classifier-loss triplet --words 0 --threads 1${more}`.split(
        ' ',
      ),
    );
  t.match(train(), {
    status: 0,
    stderr: '',
    stdout:
      /^240 training texts with labels[^]*12 texts held back[^]*P@1 in % on the held-back texts: encoder .*; fused by (tree|linear)/,
  });
  t.same(readdirSync(run).sort(), [
    'auxiliary.npy',
    'classifiers.npy',
    'digests.json',
    'fusion.json',
    'inverse-propensity.npy',
    'label-embeddings.npy',
    'label-texts.offsets.npy',
    'label-texts.utf8.npy',
    'manifest.json',
    'model',
    'training.jsonl',
  ]);
  const precisions = ['encoder', 'classifier', 'fused'].map((source) => {
    const { stdout } = dexa(
      `evaluate --run ${run} --data ${data} --source ${source} --json - --threads 1`.split(' '),
    );
    return (JSON.parse(stdout) as Record<string, number>)['P@1']!;
  });
  precisions.forEach((p) => t.ok(p > 0.5 && p <= 1, `P@1 ${p}`));
  const best = dexa(`evaluate --run ${run} --data ${data} --json - --threads 1`.split(' '));
  t.equal((JSON.parse(best.stdout) as Record<string, number>)['P@1'], precisions[2], 'fused by default');
  t.match(dexa(`predict --run ${run} --input - --top 2 --threads 1`.split(' '), 'river\n'), {
    status: 0,
    stdout: /"labels":\[\d+,\d+\]/,
  });
  t.match(train(), {
    status: 2,
    stderr: /run: already holds a trained model; .*fusion\.json in it to repeat: fit fusion\n$/,
  });

  rmSync(join(run, 'fusion.json'));
  t.match(dexa(`evaluate --run ${run} --data ${data} --source fused`.split(' ')), {
    status: 2,
    stderr: /run\/fusion\.json: not found\n$/,
  });
  const before = readFileSync(join(run, 'classifiers.npy'));
  t.match(train(), { status: 0, stderr: '' }, 'what was deleted is built again');
  t.ok(readFileSync(join(run, 'classifiers.npy')).equals(before), 'the same for the same seed');
  const optionsOf = (stage: string) => readManifest(run).stages[stage]!.options;
  t.match(optionsOf('train encoder'), { epochs: 4 });
  t.match(optionsOf('train classifiers'), { classifierEpochs: 3 });
  t.match(train(' --seed 5'), { status: 2, stderr: /run: already holds a trained model/ });

  const alone = join(dir, 'alone');
  const encoder = `train --data ${data} --run ${alone} ${options} --sources encoder --loss triplet --words 0 --threads 1`;
  t.match(dexa(encoder.split(' ')), { status: 0, stderr: '' });
  t.match(
    train('', alone),
    { status: 0, stderr: /^warning: the ranker will be fitted to texts that the encoder was trained on/ },
    'sources are added to an encoder that was trained on all texts',
  );
  t.match(readManifest(alone).sources, [{ name: 'encoder' }, { name: 'classifier' }]);
});

test('training starts from a Hugging Face folder, and the run contains one again', async (t) => {
  const dir = t.testdir();
  const [data, run, bert] = [join(dir, 'data'), join(dir, 'run'), join(dir, 'bert')];
  await tinyDataset(data);
  tinyBert(bert, { tensors: null });
  const train = (more: string) =>
    dexa(
      `train --data ${data} --sources encoder --aux 4 --head-min-count 12 --epochs 1 --batch 32 --threads 1 ${more}`.split(
        ' ',
      ),
    );
  t.match(train(`--run ${run} --encoder ${bert}`), {
    status: 2,
    stderr:
      /^error: maxLength: expected at most 24 \(max_position_embeddings of .*bert\/config.json\), got 32\n$/,
  });
  t.notOk(existsSync(run), 'no run was started');
  t.match(train(`--run ${run} --encoder ${bert} --max-length 12`), {
    status: 0,
    stderr: `${bert}: has no weights, so training starts from random ones\n`,
  });
  t.same(readdirSync(join(run, 'model')).sort(), [
    'auxiliary.npy',
    'config.json',
    'model.safetensors',
    'sentence_bert_config.json',
    'tokenizer.json',
    'tokenizer_config.json',
    'vocab.txt',
  ]);
  t.match(dexa(`predict --run ${run} --input - --threads 1`.split(' '), 'river music\n'), {
    status: 0,
    stderr: '',
    stdout: /"text":"river music","labels":\[\d+,/,
  });
  t.match(train(`--run ${join(dir, 'further')} --encoder ${run}/model --max-length 12`), {
    status: 0,
    stderr: /^(the encoder does not tell texts apart: [^\n]*\n)?$/, // after one epoch from random weights
  });
});

test('every layer of the use-lite encoder can be trained', async (t) => {
  const dir = t.testdir();
  const [data, run] = [join(dir, 'data'), join(dir, 'run')];
  await tinyDataset(data);
  const options = '--encoder use-lite --aux 4 --head-min-count 12 --epochs 1 --batch 64 --threads 1';
  const trained = dexa(
    `train --data ${data} --sources encoder --run ${run} --device cpu ${options}`.split(' '),
  );
  t.match(trained, { status: 0, stderr: '', stdout: /device cpu: requested/ });
  t.match(JSON.parse(readFileSync(join(run, 'model', 'config.json'), 'utf8')), {
    encoder: 'use-lite',
    dim: 512,
    maxLength: 32,
  });
  t.match(readManifest(run).stages['train encoder']!.options, { lr: 2e-4 });
  const predicted = dexa(`predict --run ${run} --input - --top 1 --threads 1`.split(' '), 'river\n');
  t.match(predicted, { status: 0, stderr: '', stdout: /river/ });
});

test('options are checked, in one line and with exit code 2', async (t) => {
  const dir = t.testdir();
  for (const [line, message] of [
    ['train --data x', /error: required option '--run <DIR>' not specified/],
    ['train --data x --run y --batch 0', /error: batch: .*>=1, got 0\n$/],
    ['train --data x --run y --lr fast', /error: lr: .*got "fast"\n$/],
    [`train --data ${dir} --sources encoder --run y`, /error: .*dataset.json: cannot be read: ENOENT/],
    [`evaluate --run ${dir} --data x`, /error: .*model: not found; .* is not a finished run\n$/],
    ['metrics --truth x --predictions y --propensity 1', /error: propensity: .*got \[1\]\n$/],
    ['import --out y', /error: missing required argument 'FROM'/],
    ['fly', /error: unknown command 'fly'/],
  ] as const) {
    const { status, stdout, stderr } = dexa(line.split(' '));
    t.equal(status, 2, line);
    t.equal(stdout, '');
    t.match(stderr, message);
  }
  t.match(dexa(['train', '--help']), {
    status: 0,
    stdout: /--batch <n> +texts per step, at most all; default: 1024/,
  });
});

test('bad data are reported, and nothing is half-written', async (t) => {
  const dir = t.testdir();
  const data = join(dir, 'data');
  await tinyDataset(data);
  const train = (folder: string, more = '') =>
    dexa(
      `train --data ${folder} --sources encoder --run ${join(dir, 'run')} --epochs 1 --threads 1 ${more}`
        .trim()
        .split(' '),
    );

  t.match(train(data, '--batch 8 --aux 100'), {
    status: 2,
    stderr: /aux: expected at most \d+ \(the labels of/,
  });
  t.notOk(existsSync(join(dir, 'run')), 'no run was started');
  writeFileSync(join(dir, 'file'), '');
  t.match(
    dexa(
      `train --data ${data} --sources encoder --run ${join(dir, 'file', 'run')} --aux 4 --batch 8`.split(' '),
    ),
    {
      status: 2,
      stderr: /file\/run: cannot be written \(ENOTDIR\)\n$/,
    },
  );

  const cut = join(dir, 'cut');
  cpSync(data, cut, { recursive: true });
  truncateSync(join(cut, 'train.parquet'), 500);
  t.match(train(cut, '--batch 8'), {
    status: 2,
    stderr: /cut\/train.parquet: not a Parquet file, or a damaged one/,
  });

  const description = JSON.parse(readFileSync(join(data, 'dataset.json'), 'utf8')) as object;
  const other = join(dir, 'other');
  cpSync(data, other, { recursive: true });
  writeFileSync(join(other, 'dataset.json'), JSON.stringify({ ...description, seal: undefined, train: 7 }));
  t.match(train(other, '--batch 8'), {
    status: 2,
    stderr: /train.parquet: 240 rows, but .*dataset.json says 7\n$/,
  });
});

test('metrics scores tables of any system', async (t) => {
  const dir = t.testdir();
  const path = (name: string, rows: object[]): string => {
    mkdirSync(dir, { recursive: true });
    writeFileSync(join(dir, name), rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
    return join(dir, name);
  };
  const truth = path('truth.jsonl', [{ labels: [1] }, { labels: [2, 3] }]);
  const predictions = path('p.jsonl', [
    { labels: [5, 1], scores: [0.1, 0.9] },
    { labels: [7, 2], scores: [3, 2] },
  ]);
  writeFileSync(join(dir, 'filter.txt'), '1 7\n');
  const score = (...more: string[]) =>
    dexa(['metrics', '--truth', truth, '--predictions', predictions, ...more]);
  t.match(JSON.parse(score('--json', '-').stdout), { texts: 2, 'P@1': 0.5, 'R@5': 0.75 });
  t.match(JSON.parse(score('--json', '-', '--filter', join(dir, 'filter.txt')).stdout), { 'P@1': 1 });
  writeFileSync(join(dir, 'filter.txt'), '1 3\n');
  t.match(
    JSON.parse(score('--json', '-', '--filter', join(dir, 'filter.txt')).stdout),
    { 'R@5': 0.75 },
    'a filter does not touch the truth',
  );

  for (const [rows, message] of [
    [[{ labels: [1], scores: [1] }], /truth.jsonl, row 1: the other table has only 1 rows/],
    [[{ labels: [1], scores: [] }, {}], /bad.jsonl:2: labels: expected a list, got none/],
    [
      [
        { labels: [1], scores: [] },
        { labels: [], scores: [] },
      ],
      /bad.jsonl, row 0: scores: expected 1, one per label, got 0/,
    ],
    [
      [
        { labels: [4, 4], scores: [1, 2] },
        { labels: [], scores: [] },
      ],
      /bad.jsonl, row 0: label 4 appears twice/,
    ],
  ] as const) {
    const bad = path('bad.jsonl', [...rows]);
    const result = dexa(['metrics', '--truth', truth, '--predictions', bad]);
    t.equal(result.status, 2);
    t.match(result.stderr, message);
  }
});
