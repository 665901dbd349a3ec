import { test } from 'tap';
import { byFeature, decodeNode, encodeNode, nodeLength } from '../../src/label-tree/node-weights.js';
import { scoreChildren } from '../../src/label-tree/score-children.js';

const weights = {
  rows: {
    offsets: Int32Array.of(0, 2, 2, 5),
    columns: Int32Array.of(3, 9, 1, 3, 20),
    values: Float32Array.of(0.5, -1, 2, 0.25, 4),
  },
  bias: Float32Array.of(-1, -Infinity, 0.5),
};

void test('weights of children are read back from bytes, by feature', (t) => {
  const bytes = encodeNode(byFeature(weights));
  t.equal(nodeLength(bytes), bytes.length);
  const node = decodeNode(bytes, 'file');
  t.same(node, byFeature(weights));
  t.same([...node.features], [1, 3, 9, 20]);
  t.end();
});

void test('children are scored by bias plus weights times values', (t) => {
  const scores = new Float32Array(3);
  const text = { columns: Int32Array.of(0, 3, 5, 20, 30), values: Float32Array.of(9, 2, 9, 1, 9) };
  scoreChildren(byFeature(weights), text, scores);
  t.same([...scores], [-1 + 0.5 * 2, -Infinity, 0.5 + 0.25 * 2 + 4 * 1]);
  t.end();
});

void test('bytes that are not those of a node are refused', (t) => {
  const bytes = encodeNode(byFeature(weights));
  t.throws(() => decodeNode(bytes.slice(0, -4), 'file'), {
    code: 'ERR_INPUT',
    message: /^file: \d+ bytes are not/,
  });
  t.throws(() => decodeNode(new Uint8Array(4), 'file'), { code: 'ERR_INPUT' });
  const huge = bytes.slice();
  new Int32Array(huge.buffer)[1] = 2 ** 30;
  t.throws(() => decodeNode(huge, 'file'), { code: 'ERR_INPUT' });
  t.end();
});
