/** Behaviour shared by both kinds of sessions. */
import * as tf from '@tensorflow/tfjs';
import { test } from 'tap';
import { compile } from '../../src/engine/compile.js';
import { eager } from '../../src/engine/eager.js';
import { signatureKey, type Arrays, type Signature, type TensorFunction } from '../../src/engine/session.js';

tf.enableProdMode();

const signature: Signature = { x: { dtype: 'float32', shape: [2, 3] }, keep: { dtype: 'bool', shape: [3] } };
const fn: TensorFunction = ({ x, keep }) => ({ y: tf.where(keep!, x!, tf.zerosLike(x!)) });
const feeds: Arrays = { x: new Float32Array(6), keep: new Uint8Array(3) };

const wrong: Record<string, [feeds: Arrays, message: string]> = {
  missing: [{ x: feeds['x']! }, 'feeds.keep: missing'],
  unknown: [{ ...feeds, z: new Float32Array(1) }, 'feeds.z: no such input, expected x, keep'],
  'of another type': [
    { ...feeds, keep: new Float32Array(3) },
    'feeds.keep: expected a Uint8Array (bool), got Float32Array',
  ],
  'of another length': [
    { ...feeds, x: new Float32Array(5) },
    'feeds.x: expected 6 values for shape [2, 3], got 5',
  ],
};

for (const [kind, open] of Object.entries({ compile, eager })) {
  for (const [what, [given, message]] of Object.entries(wrong))
    test(`${kind}: a feed that is ${what} is refused, and the session stays usable`, async (t) => {
      await using session = await open(fn, signature);
      await t.rejects(session.run(given), { name: 'RangeError', message });
      const x = Float32Array.of(1, 2, 3, 4, 5, 6);
      t.same(await session.run({ x, keep: Uint8Array.of(1, 0, 1) }), {
        y: Float32Array.of(1, 0, 3, 4, 0, 6),
      });
      t.same(x, Float32Array.of(1, 2, 3, 4, 5, 6), 'feeds are only read');
    });

  test(`${kind}: a disposed session does not run`, async (t) => {
    const session = await open(fn, signature);
    await session[Symbol.asyncDispose]();
    await t.rejects(session.run(feeds), {
      name: 'RangeError',
      message: 'session: run after it was disposed',
    });
  });

  test(`${kind}: disposal waits for runs in progress, and a second one does nothing`, async (t) => {
    const session = await open(fn, signature);
    const order: string[] = [];
    const run = session.run(feeds).then(() => order.push('run'));
    const disposals = [1, 2].map(() => session[Symbol.asyncDispose]().then(() => order.push('disposed')));
    await Promise.all([run, ...disposals]);
    t.same(order, ['run', 'disposed', 'disposed']);
  });

  test(`${kind}: a signature with invalid shapes or types is refused`, async (t) => {
    for (const shape of [[-1], [1.5], [NaN]])
      await t.rejects(open(fn, { ...signature, x: { dtype: 'float32', shape } }), {
        name: 'RangeError',
        message: `signature.x.shape: expected integers of at least 0, got [${shape.join()}]`,
      });
    await t.rejects(open(fn, { ...signature, x: { dtype: 'float16' as 'float32', shape: [2] } }), {
      message: 'signature.x.dtype: expected float32, int32 or bool, got float16',
    });
  });
}

test('a signature has one key, in whatever order it was written', async (t) => {
  const { x, keep } = signature;
  t.equal(signatureKey({ x: x!, keep: keep! }), signatureKey({ keep: keep!, x: x! }));
  const others: Signature[] = [
    { x: x! },
    { ...signature, x: { dtype: 'float32', shape: [3, 2] } },
    { ...signature, x: { dtype: 'int32', shape: [2, 3] } },
  ];
  t.equal(new Set([signature, ...others].map(signatureKey)).size, 4);
});
