import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type Test } from 'tap';
import { prepareWordnet } from '../../pipelines/prepare-wordnet.js';
import { FILTER_COLUMNS, LABEL_COLUMNS, TEXT_COLUMNS, type Dataset } from '../../src/store/dataset.js';
import { refusal } from '../refusal.js';
import { readTable } from '../table.js';

/** Two nouns, two verbs, an adjective with its satellite, and an adverb that points to nothing. */
const DICT = {
  'data.noun':
    '  1 This software and database is being provided  \n' +
    '00001740 03 n 02 house_cat 0 Felis_catus 0 004 @ 00002000 n 0000 + 00000100 v 0101 @ 00002000 n 0000 ~ 00001740 n 0000 | a small animal: quiet; kept at home; "the cat sat"  \n' +
    '00002000 03 n 01 animal 0 001 ~ 00001740 n 0000 | a living being; e.g., "an animal that moves"  \n',
  'data.verb':
    '00000100 29 v 01 meow 0 001 + 00001740 n 0101 01 + 02 00 | cry like a "cat"  \n' +
    '00000200 29 v 0a a 0 b 0 c 0 d 0 e 0 f 0 g 0 h 0 i 0 j 0 001 @ 00000100 v 0000 00 | ten words  \n',
  'data.adj':
    '00000100 00 a 01 fast(a) 0 001 & 00000300 a 0000 | quick\n' +
    '00000300 00 s 02 swift(ip) 0 so_called(p) 0 001 & 00000100 s 0000 | quick too\n',
  'data.adv': '00000100 02 r 01 quickly 0 000 | with speed; "he ran quickly"\n',
};

/** Training and test texts, in the order of their synsets. */
async function textsOf({ paths }: Dataset) {
  const rows: { id: number; text: string; labels: number[] }[] = [];
  for (const [texts, filter] of [
    [paths.train[0]!, paths.filterTrain],
    [paths.test[0]!, paths.filterTest],
  ] as const) {
    const { text, labels } = await readTable(texts, TEXT_COLUMNS);
    const { row, label } = await readTable(filter!, FILTER_COLUMNS);
    row.forEach((r, i) => rows.push({ id: label[i]!, text: text[r]!, labels: labels[r]! }));
  }
  return rows.sort((a, b) => a.id - b.id);
}

const prepare = (t: Test, change: Partial<typeof DICT> = {}) => {
  const root = t.testdir({ dict: { ...DICT, ...change } });
  return prepareWordnet({ out: join(root, 'out'), dict: join(root, 'dict') });
};

test('lemmas become labels, and definitions without their examples become texts', async (t) => {
  const dataset = await prepare(t);
  t.same([dataset.name, dataset.labels, dataset.train + dataset.test], ['wordnet', 7, 6]);
  t.same((await readTable(dataset.paths.labels[0]!, LABEL_COLUMNS)).text, [
    'house cat, Felis catus',
    'animal',
    'meow',
    'a, b, c, d, e, f, g, h, i, j',
    'fast',
    'swift, so called',
    'quickly',
  ]);
  t.same(await textsOf(dataset), [
    { id: 0, text: 'a small animal: quiet; kept at home', labels: [1, 2] },
    { id: 1, text: 'a living being', labels: [0] },
    { id: 2, text: 'cry like a "cat"', labels: [0] },
    { id: 3, text: 'ten words', labels: [2] },
    { id: 4, text: 'quick', labels: [5] },
    { id: 5, text: 'quick too', labels: [4] },
  ]);
});

const fingerprint = (dir: string) =>
  readdirSync(dir).map((name) => [
    name,
    createHash('sha256')
      .update(readFileSync(join(dir, name)))
      .digest('hex'),
  ]);

test('the same dictionary is always split in the same way', async (t) => {
  const noun = (i: number) => {
    const [own, next] = [i, (i + 1) % 300].map((offset) => String(offset).padStart(8, '0'));
    return `${own} 03 n 01 thing_${i} 0 001 @ ${next} n 0000 | the definition of ${i}\n`;
  };
  const nouns = Array.from({ length: 300 }, (_x, i) => noun(i)).join('');
  const dict = { 'data.noun': nouns, 'data.verb': '', 'data.adj': '', 'data.adv': '' };
  const root = t.testdir({ dict });
  const [first, second] = [join(root, 'first'), join(root, 'second')];
  const { train, test } = await prepareWordnet({ out: first, dict: join(root, 'dict') });
  t.ok(test > 15 && test < 45 && train + test === 300, `${test} of 300 are test texts`);
  await prepareWordnet({ out: second, dict: join(root, 'dict') });
  t.same(fingerprint(second), fingerprint(first));
});

test('a dictionary that is not WordNet’s is refused, naming the line, and nothing is left', async (t) => {
  const root = t.testdir({ dict: DICT });
  const [dict, out] = [join(root, 'dict'), join(root, 'out')];
  const refused: [string, RegExp][] = [
    ['', /data.adv:1: expected a synset, got ""/],
    ['00000100 02 r 01 quickly 0 000', /data.adv:1: expected a synset, got "00000100 02 r 01 quickly 0 000"/],
    ['00000100 02 r 02 quickly 0 000 | cut', /data.adv:1: expected a synset/],
    ['00000100 02 r 01 quickly 0 001 @ 00000100 | cut', /data.adv:1: expected a synset/],
    [
      '00000100 02 r 01 quickly 0 001 @ 00000999 n 0000 | x',
      /data.adv:1: points to noun 00000999, which does not exist/,
    ],
    [
      '00000100 02 r 01 quickly 0 001 @ 00000100 x 0000 | x',
      /data.adv:1: points to .*00000100, which does not exist/,
    ],
  ];
  for (const [line, message] of refused) {
    writeFileSync(join(dict, 'data.adv'), `${line}\n`);
    t.match(await refusal(t, prepareWordnet({ out, dict })), message);
  }
  t.match(await refusal(t, prepareWordnet({ out, dict: root })), /data.noun: cannot be read: ENOENT/);
  t.same(readdirSync(root), ['dict']);
});

test('all of WordNet gives the data set that was measured', async (t) => {
  const dataset = await prepareWordnet({ out: join(t.testdir(), 'wordnet') });
  const { labels, train, test } = dataset;
  t.same({ labels, train, test }, { labels: 117_791, train: 105_157, test: 11_629 });

  const rows = await textsOf(dataset);
  t.equal(rows.length, train + test, 'each has one pair in the filter');
  t.equal(new Set(rows.map(({ id }) => id)).size, rows.length, 'each is another synset');
  t.ok(
    rows.every(({ id, labels }) => !labels.includes(id)),
    'none has itself as a label',
  );
  t.ok(
    rows.every(({ labels }) => labels.length > 0 && new Set(labels).size === labels.length),
    'no label twice',
  );
  t.ok(
    rows.every(({ text }) => text.trim() !== ''),
    'no text is blank',
  );
  const mean = rows.reduce((sum, row) => sum + row.labels.length, 0) / rows.length;
  t.ok(mean > 2.9 && mean < 3.3, `${mean} labels a text`);
});
