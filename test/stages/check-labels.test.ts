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

test('labels with equal texts are told apart by their ids', async (t) => {
  const dir = t.testdir();
  const store = (name: string, values: string[]): string => {
    using writer = new TextWriter(join(dir, name));
    writer.append(values);
    writer.finish();
    return join(dir, name);
  };
  const texts = store('label-texts', ['', '', '']);
  const run = { folder: 'runs/a', texts, ids: store('label-ids', ['r', 'l', 's']), sources: [] };
  const dataset = (name: string, ids?: string[]) =>
    tinyDataset(join(dir, name), { labels: ['', '', ''], train: [['x', [0]]], ...(ids && { ids }) });
  await t.resolves(checkLabels(run, await dataset('same', ['r', 'l', 's']), {}));
  await t.resolves(checkLabels(run, await dataset('without'), {}));
  const moved = await dataset('moved', ['r', 's', 'l']);
  await t.resolves(checkLabels({ folder: 'runs/a', texts, sources: [] }, moved, {}));
  t.match(
    await refusal(t, checkLabels(run, moved, {})),
    /moved: the id of label 1 is "s", in runs.a it is "l": not its data set/,
  );
});
