import { test } from 'tap';
import { boundsOf, clustersOf, isLeaf, nodesOf, numberOf, shapeOf } from '../../src/label-tree/shape.js';

void test('each level of a tree holds each label once, within its limits', (t) => {
  for (const labels of [0, 1, 2, 63, 64, 65, 1000, 78_741]) {
    const [leaf, fanout] = [64, 16];
    const shape = shapeOf(labels, { leaf, fanout });
    const begins = new Map<number, number>();
    let number = 0;
    for (const node of nodesOf(shape)) {
      const bounds = boundsOf(shape, node);
      t.equal(numberOf(shape, node), number++);
      t.equal(bounds[0], begins.get(node.level) ?? 0, 'begins where the one before it ends');
      begins.set(node.level, bounds.at(-1)!);
      t.ok(bounds.length - 1 <= (isLeaf(shape, node) ? leaf : fanout));
    }
    t.ok([...begins.values()].every((end) => end === labels));
    t.ok(clustersOf(shape) === 1 || labels > leaf);
  }
  t.end();
});

void test('the children of a node are the nodes of the next level', (t) => {
  const shape = shapeOf(5000, { leaf: 20, fanout: 8 });
  for (const node of nodesOf(shape)) {
    const fanout = shape.fanouts[node.level];
    if (fanout === undefined) continue;
    boundsOf(shape, node)
      .subarray(0, -1)
      .forEach((begin, child) => {
        t.equal(boundsOf(shape, { level: node.level + 1, index: node.index * fanout + child })[0], begin);
      });
  }
  t.end();
});
