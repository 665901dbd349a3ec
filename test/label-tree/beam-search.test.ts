import { test } from 'tap';
import { beamSearch } from '../../src/label-tree/beam-search.js';
import { byFeature, type NodeWeights } from '../../src/label-tree/node-weights.js';
import { explainLabel } from '../../src/label-tree/explain.js';
import { scoreChildren } from '../../src/label-tree/score-children.js';
import { boundsOf, nodesOf, numberOf, shapeOf, type TreeNode } from '../../src/label-tree/shape.js';
import { Random } from '../../src/random.js';
import { randomRows } from '../sparse/random-rows.js';
import { toLists } from '../../src/formats/lists.js';

const FEATURES = 40;
const shape = shapeOf(90, { leaf: 6, fanout: 4 });
const random = new Random(3);
const order = random.shuffle(Int32Array.from({ length: 90 }, (_x, i) => i));
const nodes: NodeWeights[] = [...nodesOf(shape)].map((node) => {
  const children = boundsOf(shape, node).length - 1;
  const rows = randomRows(children, FEATURES, numberOf(shape, node));
  const bias = Float32Array.from({ length: children }, () => random.next() - 1);
  if (node.level === 2) bias[0] = -Infinity; // never trained
  return byFeature({ rows, bias });
});
const tree = { shape, order, weights: { node: (number: number) => nodes[number]! } };
const texts = randomRows(20, FEATURES, 99);

/** The log-probability of every label, by walking the whole tree. */
function allScores(text: number): [label: number, score: number][] {
  const [begin, end] = [texts.offsets[text]!, texts.offsets[text + 1]!];
  const own = { columns: texts.columns.subarray(begin, end), values: texts.values.subarray(begin, end) };
  const visit = ({ level, index }: TreeNode, above: number): [number, number][] => {
    const node = nodes[numberOf(shape, { level, index })]!;
    const scores = new Float32Array(node.bias.length);
    scoreChildren(node, own, scores);
    const bounds = boundsOf(shape, { level, index });
    return Array.from(scores).flatMap((score, child) => {
      const total = above - Math.max(0, 1 - score) ** 3;
      const fanout = shape.fanouts[level];
      if (fanout !== undefined) return visit({ level: level + 1, index: index * fanout + child }, total);
      return total > -Infinity ? [[order[bounds[child]!]!, total] as [number, number]] : [];
    });
  };
  return visit({ level: 0, index: 0 }, 0).sort((a, b) => b[1] - a[1] || a[0] - b[0]);
}

void test('with a wide beam the best labels are those of brute force, without the excluded', (t) => {
  const excluded = toLists([[], [allScores(1)[0]![0], 5]]);
  const found = beamSearch(tree, texts, { k: 12, beam: 100, excluded });
  for (let text = 0; text < 20; text++) {
    const hidden = text === 1 ? [allScores(1)[0]![0], 5] : [];
    const empty = texts.offsets[text] === texts.offsets[text + 1];
    const best = empty
      ? []
      : allScores(text)
          .filter(([label]) => !hidden.includes(label))
          .slice(0, 12);
    const ids = [...found.ids.subarray(12 * text, 12 * text + best.length)];
    t.same(
      ids,
      best.map(([label]) => label),
      `text ${text}`,
    );
    best.forEach(([, score], i) => t.ok(Math.abs(found.scores[12 * text + i]! - score) < 1e-4));
  }
  t.end();
});

void test('a narrow beam finds fewer labels, the same for each', (t) => {
  const found = beamSearch(tree, texts, { k: 12, beam: 1 });
  t.ok(found.ids.includes(-1), 'fewer than asked for');
  t.ok(found.scores.every((score, i) => (found.ids[i] === -1) === (score === -Infinity)));
  t.end();
});

void test('a tree without labels finds none', (t) => {
  const none = { shape: shapeOf(0, { leaf: 4, fanout: 4 }), order: new Int32Array(0) };
  const empty = byFeature({ rows: { offsets: Int32Array.of(0), columns: new Int32Array(0), values: new Float32Array(0) }, bias: new Float32Array(0) }); // prettier-ignore
  const { ids } = beamSearch({ ...none, weights: { node: () => empty } }, texts, { k: 3, beam: 2 });
  t.ok(ids.every((id) => id === -1));
  t.end();
});

void test('contributions of features add up to the score of a label', (t) => {
  for (const [position, label] of order.entries()) {
    const own = {
      columns: texts.columns.subarray(0, texts.offsets[1]),
      values: texts.values.subarray(0, texts.offsets[1]),
    };
    const leaf = [...nodesOf(shape)].find(
      (node) => node.level === 2 && boundsOf(shape, node).subarray(0, -1).includes(position),
    )!;
    const scores = new Float32Array(10);
    scoreChildren(nodes[numberOf(shape, leaf)]!, own, scores);
    const expected = scores[position - boundsOf(shape, leaf)[0]!]!;
    const explained = explainLabel(tree, own, label);
    if (expected === -Infinity) t.equal(explained, undefined);
    else t.ok(Math.abs(explained!.score - expected) < 1e-5, `label ${label}`);
  }
  t.equal(explainLabel(tree, texts, 1000), undefined);
  t.end();
});
