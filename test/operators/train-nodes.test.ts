import { join } from 'node:path';
import tap, { test } from 'tap';
import { trainNodes } from '../../operators/train-nodes.js';
import { toLists } from '../../src/formats/lists.js';
import { pipeline } from '../../src/index.js';
import { byFeature, encodeNode } from '../../src/label-tree/node-weights.js';
import { nodesOf, shapeOf, boundsOf } from '../../src/label-tree/shape.js';
import { trainNode } from '../../src/label-tree/train-node.js';
import { TrainingInstances } from '../../src/label-tree/training-instances.js';
import { RaggedWriter } from '../../src/store/ragged.js';
import { collect } from '../collect.js';
import { contract } from '../contract.js';
import { randomRows, writeRows } from '../sparse/random-rows.js';

const [TEXTS, LABELS, COLUMNS] = [60, 20, 40];
const dir = tap.testdir();
const files = {
  texts: writeRows(join(dir, 'texts'), randomRows(TEXTS, COLUMNS, 1)),
  labels: writeRows(join(dir, 'labels'), randomRows(LABELS, COLUMNS, 2)),
  instances: join(dir, 'instances'),
};
{
  using writer = new RaggedWriter(files.instances);
  writer.append(toLists(Array.from({ length: LABELS }, (_x, i) => [i, i + 20, i + 40, TEXTS + i])));
  writer.finish();
}
const shape = shapeOf(LABELS, { leaf: 6, fanout: 2 });
const nodes = [...nodesOf(shape)];
const options = {
  files,
  instances: { shape, costs: { text: 1, label: 0.5 }, seed: 3 },
  node: { tolerance: 0.1, passes: 10, threshold: 0.1 },
  features: COLUMNS,
};

void test('train-nodes keeps the contract', async (t) => {
  await contract(t, {
    make: () => trainNodes({ ...options, threads: 1 }),
    input: (i) => nodes[i % nodes.length]!,
    ahead: 4,
    bad: { item: { level: 0, index: 100 }, message: /train-nodes failed at item 1: / },
  });
});

void test('threads train what this thread trains, in the order of the nodes', async (t) => {
  const trained = await collect(pipeline(nodes, trainNodes(options)).run());
  t.same(
    trained.map(({ node }) => node),
    nodes,
  );
  using instances = new TrainingInstances(files, options.instances);
  for (const { node, bytes } of trained) {
    const children = boundsOf(shape, node).length - 1;
    const weights = trainNode(instances.read(node, 0, children), options.node, new Int32Array(COLUMNS));
    t.same(bytes, encodeNode(byFeature(weights)));
  }
});
