import { join } from 'node:path';
import { test } from 'tap';
import { toLists } from '../../src/formats/lists.js';
import { shapeOf } from '../../src/label-tree/shape.js';
import { TrainingInstances } from '../../src/label-tree/training-instances.js';
import { RaggedWriter } from '../../src/store/ragged.js';
import { writeRows } from '../sparse/random-rows.js';

/** Row `i` has the value `i` + 1 in column `i`. */
const diagonal = (count: number) => ({
  offsets: Int32Array.from({ length: count + 1 }, (_x, i) => i),
  columns: Int32Array.from({ length: count }, (_x, i) => i),
  values: Float32Array.from({ length: count }, (_x, i) => i + 1),
});

void test('a node has the texts and label texts of its labels, and each child knows its own', (t) => {
  const dir = t.testdir();
  const files = {
    texts: writeRows(join(dir, 'texts'), diagonal(5)),
    labels: writeRows(join(dir, 'labels'), diagonal(3)),
    instances: join(dir, 'instances'),
  };
  {
    using writer = new RaggedWriter(files.instances);
    writer.append(toLists([[0, 2, 5], [2, 4, 6], [7]]));
    writer.finish();
  }
  const shape = shapeOf(3, { leaf: 100, fanout: 32 });
  const options = { shape, costs: { text: 1, label: 0.5 }, seed: 0 };
  const root = { level: 0, index: 0 };
  // Values tell a text or label, costs tell which of both.
  const namesOf = (most: number) => {
    using instances = new TrainingInstances(files, { ...options, most });
    const { rows, costs, positives } = instances.read(root, 1, 3);
    const names = Array.from(costs, (cost, i) => `${cost === 1 ? 'text' : 'label'} ${rows.values[rows.offsets[i]!]! - 1}`); // prettier-ignore
    return { names, positives: positives.map((own) => Array.from(own, (i) => names[i]).sort()) };
  };
  const { names, positives } = namesOf(100);
  t.same(names.toSorted(), ['label 0', 'label 1', 'label 2', 'text 0', 'text 2', 'text 4']);
  t.same(positives, [['label 1', 'text 2', 'text 4'], ['label 2']]);

  const part = namesOf(2);
  t.equal(part.names.length, 2, 'of many instances some');
  t.same(
    part.names,
    names.filter((name) => part.names.includes(name)),
  );
  t.same(
    part.positives,
    positives.map((own) => own.filter((name) => part.names.includes(name!))),
  );
  t.end();
});
