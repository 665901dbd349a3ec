import { appendFileSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'tap';
import { byFeature, encodeNode } from '../../src/label-tree/node-weights.js';
import { readTree, writeTree } from '../../src/label-tree/tree-file.js';
import { TreeWeights, TreeWeightsWriter } from '../../src/label-tree/tree-weights.js';
import { randomRows } from '../sparse/random-rows.js';

const nodeOf = (seed: number) =>
  byFeature({ rows: randomRows(8, 20, seed), bias: new Float32Array(8).fill(seed) });

/** Nodes as they are after a passage through half precision. */
function write(base: string, nodes: number): void {
  using writer = new TreeWeightsWriter(base);
  for (let node = 0; node < nodes; node++) writer.append(encodeNode(nodeOf(node)));
  writer.finish();
}

void test('nodes are read in any order, from memory or from disk', (t) => {
  const base = join(t.testdir(), 'weights');
  write(base, 10);
  for (const memory of [0, 100, 1e6]) {
    using weights = new TreeWeights(base, { nodes: 10, memory });
    for (const number of [3, 9, 3, 0, 1, 2, 3, 9]) {
      t.equal(weights.node(number).bias[0], number);
      t.same(weights.node(number).features, nodeOf(number).features);
    }
    t.equal(weights.node(9) === weights.node(9), true, 'the last one is kept');
    const [first] = [weights.node(0), weights.node(1)];
    t.equal(weights.node(0) === first, memory === 1e6);
  }
  t.end();
});

void test('weights of another tree, or damaged ones, are refused', (t) => {
  const base = join(t.testdir(), 'weights');
  write(base, 3);
  t.throws(() => new TreeWeights(base, { nodes: 4, memory: 0 }), {
    code: 'ERR_INPUT',
    message: /expected 4 nodes, got 3/,
  });
  truncateSync(`${base}.bytes.npy`, 140);
  t.throws(() => new TreeWeights(base, { nodes: 3, memory: 0 }), { code: 'ERR_INPUT' });
  t.end();
});

void test('a tree is read back, and refused if its files do not fit', async (t) => {
  const base = join(t.testdir(), 'tree');
  const tree = { shape: { labels: 5, fanouts: [2] }, order: Int32Array.of(4, 0, 1, 3, 2) };
  await writeTree(base, tree);
  t.same(readTree(base), tree);
  await writeTree(base, { ...tree, order: Int32Array.of(1) });
  t.throws(() => readTree(base), { code: 'ERR_INPUT', message: /expected 5 labels, got 1/ });
  for (const shape of [
    { labels: 5, fanouts: [3] },
    { labels: 1, fanouts: [2] },
    { labels: 600, fanouts: [2] },
  ]) {
    await writeTree(base, { ...tree, shape });
    t.throws(() => readTree(base), { code: 'ERR_INPUT' });
  }
  appendFileSync(`${base}.json`, 'x');
  t.throws(() => readTree(base), { code: 'ERR_INPUT', message: /not JSON/ });
});
