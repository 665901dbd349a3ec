import { join } from 'node:path';
import { test } from 'tap';
import { searchTree } from '../../operators/search-tree.js';
import { byFeature, encodeNode } from '../../src/label-tree/node-weights.js';
import { openTree } from '../../src/label-tree/open-tree.js';
import { boundsOf, nodesOf, shapeOf } from '../../src/label-tree/shape.js';
import { writeTree } from '../../src/label-tree/tree-file.js';
import { TreeWeightsWriter } from '../../src/label-tree/tree-weights.js';
import { pipeline } from '../../src/index.js';
import { contract } from '../contract.js';
import { randomRows } from '../sparse/random-rows.js';

async function write(dir: string) {
  const [tree, weights] = [join(dir, 'tree'), join(dir, 'weights')];
  const shape = shapeOf(30, { leaf: 8, fanout: 2 });
  await writeTree(tree, { shape, order: Int32Array.from({ length: 30 }, (_x, i) => 29 - i) });
  using writer = new TreeWeightsWriter(weights);
  for (const node of nodesOf(shape)) {
    const children = boundsOf(shape, node).length - 1;
    writer.append(
      encodeNode(byFeature({ rows: randomRows(children, 50, node.index), bias: new Float32Array(children) })),
    );
  }
  writer.finish();
  return { tree, weights };
}

void test('an operator like the others', async (t) => {
  const files = await write(t.testdir());
  await contract(t, {
    make: () => searchTree({ ...files, k: 3, threads: 1, ahead: 0 }),
    input: (i) => ({ features: randomRows(4, 50, i) }),
    ahead: 3,
  });
  const missing = searchTree({ ...files, weights: 'missing', threads: 1 });
  await t.rejects(
    pipeline([{ features: randomRows(1, 50, 0) }], missing).drain(),
    /missing.*cannot be opened/,
  );
});

void test('labels are those that a search in this thread finds', async (t) => {
  const files = await write(t.testdir());
  const features = randomRows(40, 50, 7);
  const { best } = await pipeline(
    [{ features }],
    searchTree({ ...files, k: 5, as: 'best', beam: 2 }),
  ).first();
  using tree = openTree({ ...files, beam: 2 });
  t.same(best, tree.search(features, 5));
});
