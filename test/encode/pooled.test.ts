import * as tf from '@tensorflow/tfjs';
import t from 'tap';
import { encoderOf } from '../../src/encode/encoders.js';
import { pack, type Packed } from '../../src/encode/pack.js';
import { pooled, spread } from '../../src/encode/pooled.js';
import { arrange } from '../../src/encode/arrange.js';
import { textArrays, tokensOf } from '../../src/encode/texts.js';
import { Room } from '../../src/engine/room.js';
import { toLists } from '../../src/formats/lists.js';
import { identityBag } from '../../src/model/encoders/identity-bag.js';
import { Random } from '../../src/random.js';

const DIM = 6;
const ROWS = 20;
const bag = encoderOf({ encoder: 'bag', dim: DIM } as Parameters<typeof encoderOf>[0]);

function example() {
  const random = Random.of(0, 'pooled');
  const parameters = identityBag(
    Float32Array.from({ length: ROWS * DIM }, () => random.next() - 0.5),
    DIM,
  );
  for (const name of ['linear.weight', 'residual.weight'])
    parameters[name]!.data.forEach((_x, i, all) => (all[i] = random.next() - 0.5));
  const texts = [[3, 5, 3], [], [19], [0, 5, 7, 7, 5, 1, 2, 3, 4]];
  return { parameters, tokens: pack(toLists(texts.map((text) => Int32Array.from(text)))) };
}

/** Embeddings by the encoder's own code, as tensors, and the gradient of their sum of squares by its rows. */
function embedded(tokens: Packed, parameters: ReturnType<typeof example>['parameters']) {
  const layout = arrange(tokens, bag, new Room());
  const shape = { texts: tokens.offsets.length - 1, width: layout.width, sequences: layout.sequences };
  const arrays = textArrays(tokens, layout, shape);
  const inputs = Object.fromEntries(
    Object.entries(arrays).map(([name, data]) => [
      name,
      name === 'scale' ? tf.tensor2d(data, [shape.texts, 1]) : tf.tensor1d(data, 'int32'),
    ]),
  );
  const dense = Object.fromEntries(
    Object.keys(bag.dense).map((name) => [name, tf.tensor(parameters[name]!.data, [...bag.dense[name]!])]),
  );
  const table = tf.gather(
    tf.tensor2d(parameters['embedding']!.data, [parameters['embedding']!.data.length / DIM, DIM]),
    tf.tensor1d(tokens.ids, 'int32'),
  );
  const encode = (embedding: tf.Tensor) =>
    bag.encode({ ...dense, embedding }, tokensOf(inputs, { width: layout.width }));
  const gradient = tf.grad((embedding) => tf.sum(tf.square(encode(embedding))))(table);
  return {
    embeddings: encode(table).dataSync() as Float32Array,
    gradient: gradient.dataSync() as Float32Array,
  };
}

const near = (a: Float32Array, b: Float32Array): boolean =>
  a.length === b.length && a.every((x, i) => Math.abs(x - b[i]!) < 1e-5);

void t.test('means of rows have the embeddings and the gradients of the tokens', (t) => {
  const { parameters, tokens } = example();
  const plain = embedded(tokens, parameters);
  const seen = pooled(bag, tokens, parameters);
  const own = embedded(seen.tokens, seen.parameters);
  t.ok(near(own.embeddings, plain.embeddings));
  const { embedding } = spread(bag, tokens, { embedding: own.gradient });
  t.ok(near(embedding!, plain.gradient));
  t.ok(embedding!.some((x) => Math.abs(x) > 1e-3));
  t.end();
});

void t.test('an encoder that sees tokens gets them as they are', (t) => {
  const { parameters, tokens } = example();
  const other = { ...bag, pools: false };
  t.same(pooled(other, tokens, parameters), { tokens, parameters });
  t.same(spread(other, tokens, {}), {});
  t.end();
});

void t.test('a token without a row is refused', (t) => {
  const { parameters } = example();
  const tokens = pack(toLists([Int32Array.of(ROWS)]));
  t.throws(() => pooled(bag, tokens, parameters), /row 20: the table has only 20/);
  t.end();
});
