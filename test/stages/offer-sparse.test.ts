/** Sources by words, from a data set to what they find. */
import { join } from 'node:path';
import { test } from 'tap';
import { readParquet } from '../../operators/read-parquet.js';
import { retrieve } from '../../operators/retrieve.js';
import { listAt, toLists } from '../../src/formats/lists.js';
import { openRun, pipeline, Predictor, type Dataset } from '../../src/index.js';
import { rankedAt, type Found } from '../../src/search/found.js';
import type { SparseRows } from '../../src/sparse/rows.js';
import { openTfIdf } from '../../src/sparse/tf-idf.js';
import { copyLabelTexts } from '../../src/stages/copy-label-texts.js';
import { offerSparse } from '../../src/stages/offer-sparse.js';
import { copyTextLabels } from '../../src/stages/copy-text-labels.js';
import { ClassifierOptions, ResourceOptions, SourceOptions } from '../../src/stages/options.js';
import { runSystem } from '../../src/stages/run-system.js';
import { system } from '../../src/stages/system.js';
import { TEXT_COLUMNS } from '../../src/store/dataset.js';
import { tinyDataset as fromTexts } from '../pipelines/tiny-dataset.js';
import { tinyDataset } from '../tiny.js';

const sparse = system({
  name: 'sparse',
  summary: 'finds labels by words',
  paper: '',
  options: {},
  async build(steps, data) {
    await steps.do(copyLabelTexts(), { data });
    const { positives } = await steps.do(copyTextLabels({ keep: true }), { data });
    const { labelled } = data;
    const texts = { data, rows: labelled, held: labelled, heldBack: false as const, positives };
    await offerSparse(steps, texts, {
      sources: SourceOptions.parse({ sources: ['names', 'word-neighbours'] }),
      classifiers: ClassifierOptions.parse({}),
      resources: ResourceOptions.parse({ threads: 1 }),
    });
  },
});

async function train(dir: string, make: (data: string) => Promise<Dataset>) {
  const [data, run] = [join(dir, 'data'), join(dir, 'run')];
  const dataset = await make(data);
  const notes: string[] = [];
  const note = (line: string) => notes.push(line);
  const { results } = await runSystem(sparse, { data, run, resume: false, values: {} }, { note });
  return { dataset, run, notes, results };
}

const readTexts = async (paths: readonly string[]) =>
  pipeline(paths, readParquet({ columns: TEXT_COLUMNS })).first();

/** The cosine of two sparse rows of unit length. */
function cosine(a: SparseRows, i: number, b: SparseRows, j: number): number {
  let sum = 0;
  for (let x = a.offsets[i]!; x < a.offsets[i + 1]!; x++)
    for (let y = b.offsets[j]!; y < b.offsets[j + 1]!; y++)
      if (a.columns[x] === b.columns[y]) sum += a.values[x]! * b.values[y]!;
  return sum;
}

const scoresAt = ({ scores, k }: Found, text: number): Float32Array => scores.subarray(text * k, (text + 1) * k); // prettier-ignore

test('names are the labels with the largest cosine, also in one thread', async (t) => {
  const { dataset, run } = await train(t.testdir(), (data) => tinyDataset(data));
  const { columns, rows } = await readTexts(dataset.paths.test);
  const excluded = toLists(Array.from({ length: rows }, (_x, i) => (i % 2 === 0 ? [i, i + 1] : [])));
  const batch = { columns, excluded };
  const source = { run: openRun(run), source: 'names', k: 5, threads: 1 };
  const { found } = await pipeline([batch], retrieve<typeof batch>(source)).first();
  const tfIdf = openTfIdf({ base: join(run, 'features'), kinds: ['word', 'characters'] });
  const labels = await pipeline(dataset.paths.labels, readParquet({ columns: { text: 'string' } })).first();
  const [texts, names] = [tfIdf.weigh(columns.text), tfIdf.weigh(labels.columns.text)];
  for (let text = 0; text < rows; text++) {
    const scores = Array.from({ length: dataset.labels }, (_x, label) => cosine(texts, text, names, label));
    const best = [...scores.keys()]
      .filter((label) => scores[label]! > 0 && !listAt(excluded, text).includes(label))
      .sort((a, b) => scores[b]! - scores[a]! || a - b)
      .slice(0, 5);
    scoresAt(found, text).forEach((score, i) => t.ok(Math.abs(score - scores[best[i]!]!) < 1e-6));
  }
  await using predictor = await Predictor.open(openRun(run), { source: 'names' });
  const [predicted] = await predictor.predict([columns.text[1]!], { top: 5 });
  t.same(predicted!.map(({ label }) => label), [...rankedAt(found, 1)]); // prettier-ignore
});

test('a training text does not vote for its own labels, but others do', async (t) => {
  const { dataset, run } = await train(t.testdir(), (data) => tinyDataset(data, { train: 40 }));
  const { columns, rows } = await readTexts(dataset.paths.train);
  const source = { run: openRun(run), source: 'word-neighbours', k: 7, threads: 1 };
  const own = Int32Array.from({ length: rows }, (_x, i) => i);
  const batch = { columns, own };
  const { found } = await pipeline([batch], retrieve<typeof batch>(source)).first();
  const tfIdf = openTfIdf({ base: join(run, 'features'), kinds: ['word'] });
  const texts = tfIdf.weigh(columns.text);
  for (let text = 0; text < rows; text++) {
    const votes = new Float64Array(dataset.labels);
    let sum = 0;
    for (let other = 0; other < rows; other++) {
      if (other === text) continue;
      const weight = cosine(texts, text, texts, other) ** 2;
      sum += weight;
      for (const label of listAt(columns.labels, other)) votes[label]! += weight;
    }
    const best = votes.map((vote) => vote / sum).sort().reverse().subarray(0, 7); // prettier-ignore
    const scores = scoresAt(found, text);
    best.forEach((vote, i) =>
      t.ok(vote === 0 ? scores[i] === -Infinity : Math.abs(scores[i]! - vote) < 1e-5),
    );
  }
});

test('where there are no words, sources by words are left out, and that is said', async (t) => {
  const labels = ['', '…'];
  const { run, notes, results } = await train(t.testdir(), (data) => fromTexts(data, { labels, train: [['one text', [0]], ['another text', [1]]] })); // prettier-ignore
  t.match(notes.join(), /^names: left out, because no label has a word in common with a text$/);
  t.same(openRun(run).sources.map(({ name }) => name), ['word-neighbours']); // prettier-ignore
  t.match(results['index labels by word, characters'], { postings: 0 });
});

test('a data set without any word trains no source by words', async (t) => {
  const dir = t.testdir();
  const { notes, results } = await train(dir, (data) => fromTexts(data, { labels: ['!'], train: [['…', [0]]] })); // prettier-ignore
  t.match(results['count features'], { documents: 2 });
  t.equal(notes.join(), 'names, word-neighbours: left out, because no text has a word');
});

test('where only labels have words, no training text votes by them', async (t) => {
  const dir = t.testdir();
  const { notes, run } = await train(dir, (data) => fromTexts(data, { labels: ['1'], train: [['…', [0]]] })); // prettier-ignore
  t.equal(notes.join(), 'word-neighbours: left out, because no training text has a word');
  t.same(openRun(run).sources.map(({ name }) => name), ['names']); // prettier-ignore
});
