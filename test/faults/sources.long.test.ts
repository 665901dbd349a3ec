/** A run of all sources that is stopped in any of its stages, or damaged, ends like one that was never stopped. */
import { readdirSync, rmSync, statSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'tap';
import type { TrainOptions } from '../../pipelines/train.js';
import { Random } from '../../src/random.js';
import { tinyDataset as fromTexts } from '../pipelines/tiny-dataset.js';
import { tinyDataset } from '../tiny.js';
import { attempt } from './attempt.js';
import { digests } from './digests.js';

const SMALL = { dim: 16, words: 64, epochs: 2, threads: 2 };
const BY_WORDS = {
  sources: ['words', 'names', 'word-neighbours'],
  threads: 1,
} satisfies Partial<TrainOptions>;

/** The first files that stages of the sources read or write, in the order of the stages. */
const BEGINNINGS = {
  'counting terms': '/features.',
  'weighing terms': '/texts-word-bigram-characters.',
  'clustering labels': '/profiles.',
  'training nodes': '/instances.',
  'writing the weights of nodes': '/words-weights.',
  'indexing labels': '/names.',
  'indexing texts': '/word-neighbours.',
  'fitting the ranker': '/label-frequency.npy',
  'saving the ranker': '/ranker.json',
};
/** Reads, writes and changes of files from there on; each of the stages has more. */
const INSTANTS = 10;

/** Files of the sources, and of stages between them, that exist when the ranker is being fitted. */
const FILES = (run: string): string[] => [
  join(run, 'features'),
  join(run, 'label-tree'),
  join(run, 'words-weights'),
  join(run, 'names'),
  join(run, 'word-neighbours'),
  join(run, 'text-labels'),
  join(run, 'text-embeddings'),
];

test('a run that was killed at any instant of its sources ends with the same bits', async (t) => {
  const dir = t.testdir();
  const [data, run] = [join(dir, 'data'), join(dir, 'run')];
  await tinyDataset(data);
  const { options, expected } = await finished({ ...BY_WORDS, data, run });
  for (const [what, after] of Object.entries(BEGINNINGS)) {
    rmSync(run, { recursive: true });
    const at = 1 + Random.of(1, what).below(INSTANTS);
    const first = await attempt(options, { file: { kind: 'killed', after, at } });
    t.equal(first.code, null, `killed: ${what}`);
    const second = await attempt(options);
    t.equal(second.code, 0, second.stderr);
    t.same(digests(run), expected, `${what}, at ${at}`);
  }
});

test('damaged files of sources are named, and written again', async (t) => {
  const dir = t.testdir();
  const [data, run] = [join(dir, 'data'), join(dir, 'run')];
  await tinyDataset(data);
  const { options, expected } = await finished({ ...SMALL, data, run });
  rmSync(run, { recursive: true });
  await attempt(options, { killAt: 'search for ranking' });
  for (const [i, base] of FILES(run).entries()) {
    const [folder, name] = [join(base, '..'), base.split('/').at(-1)!];
    const file = readdirSync(folder).find(
      (own) => own.startsWith(name) && statSync(join(folder, own)).isFile(),
    );
    t.ok(file, name);
    if (i % 2 === 0) truncateSync(join(folder, file!), 1);
    else rmSync(join(folder, file!));
  }
  const second = await attempt(options);
  t.equal(second.code, 0, second.stderr);
  t.same(digests(run), expected);
});

test('a run that leaves a source out is resumed', async (t) => {
  const dir = t.testdir();
  const [data, run] = [join(dir, 'data'), join(dir, 'run')];
  const words = ['river', 'horse', 'music', 'paper'];
  const train = Array.from({ length: 60 }, (_x, i): [string, number[]] => [
    `${words[i % 4]} ${i % 7}`,
    [i % 4],
  ]);
  await fromTexts(data, { labels: words.map(() => '…'), train });
  const { options, expected } = await finished({ ...BY_WORDS, data, run });
  rmSync(run, { recursive: true });
  await attempt(options, { file: { kind: 'killed', after: BEGINNINGS['saving the ranker'], at: 1 } });
  const second = await attempt(options);
  t.equal(second.code, 0, second.stderr);
  t.same(digests(run), expected);
  const third = await attempt(options);
  t.match(third.stderr, /already holds a trained model/);
});

async function finished(options: TrainOptions) {
  const { code, stderr } = await attempt(options);
  if (code !== 0) throw new Error(stderr);
  return { options, expected: digests(options.run) };
}
