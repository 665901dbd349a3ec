/** Sets too small or too odd for some source, at the defaults: that source is left out in one line, the others answer. */
import { join } from 'node:path';
import { test } from 'tap';
import { train } from '../../pipelines/train.js';
import { openRun, Predictor } from '../../src/index.js';
import { refusal } from '../refusal.js';
import { tinyDataset, type Tiny } from './tiny-dataset.js';

interface Case extends Tiny {
  /** What the user is told. */
  notes?: RegExp | undefined;
  /** Sources that the run has. */
  sources: string;
}

const ALL = 'encoder,neighbours,words,names,word-neighbours';
const WORDS = 'river mountain engine music bread winter garden metal paper horse'.split(' ');
const many = <T>(count: number, make: (i: number) => T): T[] =>
  Array.from({ length: count }, (_x, i) => make(i));
const texts = (count: number, labels: number): Tiny['train'] =>
  many(count, (i) => [`${WORDS[i % 10]} ${WORDS[(i * 7 + 3) % 10]}`, [i % labels, (i * 3 + 1) % labels]]);

const EMBEDDED = 'encoder,neighbours';
const FEW = ['river', 'horse'];
const told = (name: string, why: string): RegExp => new RegExp(`^${name}: left out, because ${why}`, 'm');

/** Rows and dimensions of the encoder's table, which no set is too small or too odd for. */
const TABLE = { dim: 32, words: 256 };

const CASES: Record<string, Case> = {
  'without label texts': {
    labels: many(5, () => ''),
    train: texts(60, 5),
    sources: 'words,word-neighbours',
    notes: told('encoder, neighbours, names', 'no label has a text'),
  },
  'of numbers': { labels: many(5, String), train: many(60, (i) => [`${i} ${i + 1}`, [i % 5]]), sources: ALL },
  'of punctuation': {
    labels: many(5, () => '…'),
    train: many(60, (i) => ['?!', [i % 5]]),
    sources: EMBEDDED,
    notes: told('words, names, word-neighbours', 'no text has a word'),
  },
  'of empty texts': {
    labels: many(5, () => 'x'),
    train: many(60, (i) => ['', [i % 5]]),
    sources: `${EMBEDDED},words,names`,
    notes: told('word-neighbours', 'no training text has a word'),
  },
  'with one label': { labels: ['river'], train: texts(60, 1), sources: ALL },
  'with one text': {
    labels: FEW,
    train: texts(1, 2),
    sources: ALL,
    notes: told('ranking', 'only one text has labels'),
  },
  'with two texts': { labels: FEW, train: texts(2, 2), sources: ALL },
  'with nine texts': { labels: FEW, train: texts(9, 2), sources: ALL },
  'with 30 texts and 300 labels': {
    labels: many(300, (i) => `${WORDS[i % 10]} ${i}`),
    train: texts(30, 300),
    sources: ALL,
  },
};

for (const [name, { notes, sources, ...tiny }] of Object.entries(CASES))
  void test(`a set ${name} trains and answers`, async (t) => {
    const dir = t.testdir();
    const [data, run] = [join(dir, 'data'), join(dir, 'run')];
    await tinyDataset(data, tiny);
    const lines: string[] = [];
    await train({ data, run, threads: 1, ...TABLE }, { note: (line) => void lines.push(line) });
    if (notes) t.match(lines.join('\n'), notes);
    else t.notMatch(lines.join('\n'), /left out/);
    const opened = openRun(run);
    t.equal(opened.sources.map((source) => source.name).join(), sources);
    await using predictor = await Predictor.open(opened);
    const [found, none] = await predictor.predict(['river', ''], { top: 3 });
    t.ok(name === 'of punctuation' || found!.length > 0, 'labels are found');
    t.same(none, [], 'none for an empty text');
    for (const source of sources.split(',')) {
      await using alone = await Predictor.open(opened, { source });
      t.ok((await alone.predict(['river'])).length === 1, source);
    }
  });

test('a run that could not answer is refused', async (t) => {
  const dir = t.testdir();
  const data = join(dir, 'data');
  await tinyDataset(data, { labels: ['!'], train: [['…', [0]]] });
  const asked = train({ data, run: join(dir, 'run'), sources: ['words', 'names'], threads: 1 });
  t.match(await refusal(t, asked), /data: none of these sources can be built: words, names$/);
});
