import { readFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { test, type Test } from 'tap';
import { readParquet } from '../../operators/read-parquet.js';
import { retrieve } from '../../operators/retrieve.js';
import { writeLists } from '../../operators/write-lists.js';
import { openRun, pipeline, Predictor } from '../../src/index.js';
import type { FileBatch } from '../../src/formats/columns.js';
import { writeColumn } from '../../src/formats/npy.js';
import { WORDS, WORD_KINDS } from '../../src/sources/words.js';
import { buildLabelTree } from '../../src/stages/build-label-tree.js';
import { copyLabelTexts } from '../../src/stages/copy-label-texts.js';
import { countFeatures } from '../../src/stages/count-features.js';
import { LEAST } from '../../src/stages/offer-sparse.js';
import { runSystem } from '../../src/stages/run-system.js';
import type { DataFiles } from '../../src/stages/data-files.js';
import type { Stage, StageContext } from '../../src/stages/stage.js';
import { system } from '../../src/stages/system.js';
import { trainWords, type TrainWordsOptions } from '../../src/stages/train-words.js';
import { weighTexts } from '../../src/stages/weigh-texts.js';
import { TEXT_COLUMNS } from '../../src/store/dataset.js';
import { tinyDataset, type Tiny } from '../pipelines/tiny-dataset.js';

const listLabels: Stage<{ data: DataFiles }, { positives: string }, never> = {
  name: 'list labels',
  options: {},
  leaves: ({ temporary }) => ({ positives: temporary('positives') }),
  cost: () => ({ work: {} }),
  run: async ({ data }, { positives: base }) => {
    const lists = writeLists<FileBatch<typeof TEXT_COLUMNS>>({
      base,
      lists: ({ columns }) => columns.labels,
    });
    await pipeline(data.dataset.paths.train, readParquet({ columns: TEXT_COLUMNS }), lists).drain();
    return {};
  },
};

/** Trains words, and calls `use` with the inputs of the last stage before they are removed. */
async function train(t: Test, tiny: Tiny, use?: (inputs: Parameters<Train['run']>[0]) => Promise<void>) {
  const dir = t.testdir();
  await tinyDataset(join(dir, 'data'), tiny);
  const run = join(dir, 'run');
  const sparse = system({
    name: 'words',
    summary: 'trains words',
    paper: '',
    options: {},
    async build(steps, data) {
      await steps.do(copyLabelTexts(), { data });
      const { features } = await steps.do(countFeatures({ least: LEAST, threads: 1 }), {
        data,
      });
      const weigh = (of: 'texts' | 'labels') => steps.do(weighTexts({ of, kinds: WORD_KINDS, threads: 1 }), { data, features }); // prettier-ignore
      const [{ rows: texts }, { rows: labels }] = [await weigh('texts'), await weigh('labels')];
      const { positives } = await steps.do(listLabels, { data });
      const inputs = { data, features, texts, labels, positives, rows: data.labelled };
      const { tree } = await steps.do(buildLabelTree({ seed: 0, threads: 2 }), inputs);
      await steps.do(trainWords({ seed: 0, threads: 2 }), { ...inputs, tree });
      if (steps.result('list labels')) await use?.({ ...inputs, tree });
      await steps.offer({ source: WORDS });
    },
  });
  const { results } = await runSystem(sparse, { data: join(dir, 'data'), run, resume: false, values: {} });
  return { run, results };
}

type Train = ReturnType<typeof trainWords>;

/** Labels of one word each, and two texts for most of them. */
const COUNT = 700;
const TINY: Tiny = {
  labels: Array.from({ length: COUNT }, (_x, i) => `label${i} group${i % 30}`),
  train: Array.from({ length: 2 * COUNT }, (_x, i) => [
    `text about word${i % COUNT} of group${i % 30}`,
    i % 7 === 0 ? [] : [i % COUNT],
  ]),
};

void test('labels are found by the words of their texts and by their own', async (t) => {
  const { run, results } = await train(t, TINY);
  t.same(results['build label tree'], { labels: COUNT });
  const texts = ['word100 group10', 'label14', 'nothing known'];
  const found = await pipeline([{ columns: { text: texts } }], retrieve({ run: openRun(run), k: 5 })).first();
  t.same([found.found.ids[0], found.found.ids[5], found.found.ids[10]], [100, 14, -1]);
  t.ok(found.found.scores[0]! <= 0, 'a log-probability');
  await using predictor = await Predictor.open(run);
  const [first] = await predictor.predict(texts, { top: 1 });
  t.equal(first?.[0]?.label, 100);
});

void test('interrupted training resumes, and leaves the same bits in any number of threads', async (t) => {
  await train(t, TINY, async (inputs) => {
    const dir = t.testdirName;
    const trained = async (name: string, options: Partial<TrainWordsOptions>, signal?: AbortSignal) => {
      const stage = trainWords({ seed: 0, threads: 2, ...options });
      const scratch = join(dir, `${name}-scratch`);
      await mkdir(scratch, { recursive: true });
      const counting = () => ({ signal });
      const context = { scratch, identity: 'x', counting } as unknown as StageContext<'train words'>;
      await stage.run(inputs, { weights: join(dir, name) }, context);
      return readFileSync(join(dir, `${name}.bytes.npy`));
    };
    const whole = await trained('whole', {});
    t.same(await trained('one', { threads: 1 }), whole);
    await t.rejects(trained('stopped', {}, AbortSignal.abort(new Error('stopped'))), /stopped/);
    const partly = join(dir, 'stopped-scratch', 'x');
    const { writtenNodes, NodeFiles } = await import('../../src/label-tree/node-files.js');
    const files = new NodeFiles(partly, 0);
    let count = 0;
    for await (const node of writtenNodes(join(dir, 'whole-scratch', 'x')))
      if (count++ < 3) await files.append(node);
    await files.flush();
    t.ok(count > 3);
    t.same(await trained('stopped', {}), whole, 'after three of the nodes');
    t.notSame(await trained('other', { seed: 1 }), whole);
  });
});

void test('without words there are no labels to find, and a single label is found', async (t) => {
  const none = await train(t, {
    labels: ['…', ''],
    train: [
      ['!', [0]],
      ['-', [1]],
    ],
  });
  t.same(none.results['build label tree'], { labels: 0 });
});

void test('texts that are not among the rows do not count', async (t) => {
  await train(
    t,
    {
      labels: ['one', ''],
      train: [
        ['one', [0]],
        ['two words', [1]],
      ],
    },
    async (inputs) => {
      const rows = join(t.testdirName, 'rows.npy');
      writeColumn(rows, [Int32Array.of(0)]);
      const stage = buildLabelTree({ seed: 0, threads: 1 });
      const context = { scratch: t.testdirName, counting: () => ({}) } as unknown as StageContext<'cluster labels by words'>; // prettier-ignore
      const result = await stage.run({ ...inputs, rows }, { tree: join(t.testdirName, 'tree') }, context);
      t.same(result, { labels: 1 });
    },
  );
});
