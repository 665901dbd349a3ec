import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'tap';
import { indexCommand, indexRun } from '../../pipelines/build-index.js';
import { exportRun } from '../../pipelines/export.js';
import { createModel } from '../../src/encode/model-folder.js';
import { Random } from '../../src/random.js';
import { ExactSearch } from '../../src/search/exact.js';
import { rankedAt } from '../../src/search/found.js';
import { openSearcher } from '../../src/search/searcher.js';
import { Matrix } from '../../src/formats/npy.js';
import { CLASSIFIER, ENCODER, NAMES, NEIGHBOURS } from '../../src/sources/published.js';
import { refusal } from '../refusal.js';
import { tinyDataset } from '../tiny.js';

const [LABELS, DIM] = [700, 256];

function writeMatrix(path: string, seed: number): void {
  const random = new Random(seed);
  using matrix = Matrix.create(path, { dtype: 'float32', cols: DIM });
  for (let i = 0; i < LABELS; i++) {
    const row = Float32Array.from({ length: DIM }, () => random.next() - 0.5);
    const length = Math.hypot(...row);
    matrix.append(i === 0 ? new Float32Array(DIM) : row.map((x) => x / length)); // the first label has no text
  }
  matrix.finish();
}

/** A finished run with any model and arbitrary label embeddings. */
function finishedRun(run: string) {
  mkdirSync(run);
  createModel(join(run, ENCODER.files.model), { maxLength: 16 });
  writeMatrix(join(run, ENCODER.files.labels), 1);
  return {
    labels: join(run, ENCODER.files.labels),
    labelIndex: join(run, ENCODER.files.index),
    classifiers: join(run, CLASSIFIER.files.labels),
    classifierIndex: join(run, CLASSIFIER.files.index),
  };
}

test('the labels of a run are indexed, and recall is measured with the labels themselves', async (t) => {
  const run = join(t.testdir(), 'run');
  const { labels, labelIndex } = finishedRun(run);
  const results = await indexRun({ run, sample: 300, threads: 1 });
  t.match(results, [{ vectors: labels, index: labelIndex, queries: 'label embeddings', sample: 300 }]);
  t.equal(results[0]!.bytes, readFileSync(labelIndex).length);
  t.ok(results[0]!.recall > 0.99 && results[0]!.recall <= 1, `recall ${results[0]!.recall}`);

  await using ann = openSearcher({ labels, index: labelIndex, threads: 1 });
  await using exact = new ExactSearch({ labels, threads: 1 });
  using matrix = Matrix.open(labels, 'float32');
  const [some, all] = [await ann.search(matrix.read(1, 1), 10), await exact.search(matrix.read(1, 1), 10)];
  t.same([rankedAt(some, 0)[0], rankedAt(all, 0)[0]], [1, 1], 'a label finds itself');

  const again = await indexRun({ run, precision: 'i8', connectivity: 16, sample: 1, threads: 1 });
  t.ok(again[0]!.bytes < results[0]!.bytes, 'another replaces it');
  t.equal(again[0]!.recall, 1, 'the only query finds nothing');
});

test('classifiers are indexed too, and recall is measured with held-out texts if given', async (t) => {
  const dir = t.testdir();
  const [run, data, json] = [join(dir, 'run'), join(dir, 'data'), join(dir, 'index.json')];
  const { labels, labelIndex, classifiers, classifierIndex } = finishedRun(run);
  writeMatrix(classifiers, 2);
  await tinyDataset(data);
  const given = indexCommand.options.parse({ run, data, sample: 30, threads: 1, json });
  const reported: string[] = [];
  const write = process.stdout.write.bind(process.stdout);
  const printed: string[] = [];
  process.stdout.write = (text: string, done: unknown) => {
    if (typeof done === 'function') process.nextTick(done);
    return printed.push(text) > 0;
  };
  try {
    await indexCommand.run(given, { report: ({ stage, done, total }) => reported.push(`${stage} ${done}/${total}`) }); // prettier-ignore
  } finally {
    process.stdout.write = write;
  }
  const results = JSON.parse(readFileSync(json, 'utf8')) as { recall: number }[];
  t.match(results, [
    { vectors: labels, index: labelIndex, queries: 'held-out texts', sample: 30 },
    { vectors: classifiers, index: classifierIndex, queries: 'held-out texts', sample: 30 },
  ]);
  t.ok(results.every(({ recall }) => recall > 0.95 && recall <= 1));
  t.match(printed.join(''), /MB +seconds +recall@100 %\n.*label-embeddings\.usearch .*\n.*classifiers\.usearch .*\nrecall by 30 held-out texts\n$/); // prettier-ignore
  t.ok(reported.includes(`index ${labels} 700/700`) && reported.includes(`recall of ${labelIndex} 30/30`));
});

test('vectors that cannot be indexed are refused, and nothing is left', async (t) => {
  const dir = t.testdir();
  t.match(await refusal(t, indexRun({ run: dir })), /is not a finished run$/);
  const run = join(dir, 'run');
  const { labelIndex } = finishedRun(run);
  t.match(await refusal(t, indexRun({ run, data: join(dir, 'none') })), /none.dataset.json: cannot be read/);
  t.match(await refusal(t, indexRun({ run, connectivity: 1 })), /^connectivity: .*got 1$/);
  const signal = AbortSignal.abort(new Error('not now'));
  await t.rejects(indexRun({ run, threads: 1 }, { signal }), /not now/);
  t.notOk(existsSync(labelIndex));
  t.same(readdirSync(run).sort(), ['label-embeddings.npy', 'model']);
});

test('a run without vectors is neither indexed nor exported', async (t) => {
  const run = t.testdir({ 'manifest.json': JSON.stringify({ sources: [NAMES] }) });
  t.match(await refusal(t, indexRun({ run })), /has no vectors to index; its sources: names$/);
  const out = join(run, 'out');
  t.match(await refusal(t, exportRun({ run, out })), /has no label vectors; its sources: names$/);
  t.notOk(existsSync(out));
});

test('the embeddings of training texts are indexed', async (t) => {
  const run = t.testdir({ 'manifest.json': JSON.stringify({ sources: [NEIGHBOURS] }) });
  const vectors = join(run, NEIGHBOURS.files.texts);
  writeMatrix(vectors, 1);
  const [result] = await indexRun({ run, sample: 50, threads: 1 });
  t.match(result, {
    vectors,
    index: join(run, NEIGHBOURS.files.index),
    queries: 'text embeddings',
    sample: 50,
  });
  t.ok(result!.recall > 0.95);
});
