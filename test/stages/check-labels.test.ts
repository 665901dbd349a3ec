import { join } from 'node:path';
import { test } from 'tap';
import { checkLabels } from '../../src/stages/check-labels.js';
import { TextWriter } from '../../src/store/texts.js';
import { tinyDataset } from '../pipelines/tiny-dataset.js';
import { refusal } from '../refusal.js';

test('a data set with other labels than the run, or in another order, is refused', async (t) => {
  const dir = t.testdir();
  const texts = join(dir, 'label-texts');
  using writer = new TextWriter(texts);
  writer.append(['river', 'lake', 'sea']);
  writer.finish();
  const run = { folder: 'runs/a', texts, sources: [] };
  const refused = async (name: string, labels: string[]) => {
    const dataset = await tinyDataset(join(dir, name), { labels, train: [['x', [0]]] });
    return refusal(t, checkLabels(run, dataset, {}));
  };
  const same = await tinyDataset(join(dir, 'same'), {
    labels: ['river', 'lake', 'sea'],
    train: [['y', [1]]],
  });
  await t.resolves(checkLabels(run, same, {}));
  t.match(
    await refused('fewer', ['river', 'lake']),
    /fewer: has 2 labels, runs.a was trained on 3: not its data set/,
  );
  t.match(
    await refused('moved', ['river', 'sea', 'lake']),
    /moved: label 1 is "sea", in runs.a it is "lake": not its data set/,
  );
});
