import { join } from 'node:path';
import { test } from 'tap';
import { runSystem } from '../../src/stages/run-system.js';
import { countFeatures } from '../../src/stages/count-features.js';
import { system } from '../../src/stages/system.js';
import { weighTexts } from '../../src/stages/weigh-texts.js';
import type { SparseRows } from '../../src/sparse/rows.js';
import { SparseReader } from '../../src/sparse/store.js';
import { openTfIdf } from '../../src/sparse/tf-idf.js';
import { tinyDataset, type Tiny } from '../pipelines/tiny-dataset.js';

const LEAST = { word: 1, bigram: 2 };

/** Builds what sparse sources are built from, and reads it before it is removed. */
async function weigh(dir: string, tiny: Tiny) {
  await tinyDataset(join(dir, 'data'), tiny);
  const read: SparseRows[] = [];
  const sparse = system({
    name: 'sparse',
    summary: 'weighs texts',
    paper: '',
    options: {},
    async build(steps, data) {
      const features = await steps.do(countFeatures({ least: LEAST, threads: 1 }), { data });
      const kinds = ['word', 'bigram'] as const;
      for (const of of ['texts', 'labels'] as const) {
        const { rows } = await steps.do(weighTexts({ of, kinds, threads: 1 }), { data, ...features });
        if (steps.result('count features') === undefined) continue; // planned, not run
        using reader = new SparseReader(rows);
        read.push(reader.read(0, reader.rows));
      }
    },
  });
  const run = join(dir, 'run');
  const { results } = await runSystem(sparse, { data: join(dir, 'data'), run, resume: false, values: {} });
  return { features: join(run, 'features'), result: results['count features'], read };
}

test('features are those of training texts and label texts, and both are weighed by them', async (t) => {
  const train: Tiny['train'] = [['a fast river', [0]], ['', []], ['a fast cat', [1]]]; // prettier-ignore
  const labels = ['river', 'fast cat'];
  const { features, result, read } = await weigh(t.testdir(), { labels, train });
  t.same(result, { features: 4 + 2, documents: 5 }, 'of pairs of words only two occur twice');
  const tfIdf = openTfIdf({ base: features });
  t.same(read, [tfIdf.weigh(train.map(([text]) => text)), tfIdf.weigh(labels)]);
});

test('a data set without words has no features, which is no failure', async (t) => {
  const { result, read } = await weigh(t.testdir(), { labels: ['…', ''], train: [['!', [0]], ['-', [1]]] }); // prettier-ignore
  t.same(result, { features: 0, documents: 4 });
  t.same(read[0]?.values.length, 0);
});
