import * as tf from '@tensorflow/tfjs';
import { test } from 'tap';
import { compile } from '../../src/engine/compile.js';
import { innerProducts } from '../../src/engine/inner-products.js';
import { liveSessions } from '../../src/engine/session.js';
import { Random } from '../../src/random.js';

test('inner products are those of the compiled function, to the bit', async (t) => {
  const random = new Random(1);
  for (const [rows, columns, dim] of [
    [8, 300, 256],
    [70, 33, 31],
  ] as const) {
    const values = (count: number) => Float32Array.from({ length: count }, () => random.next() - 0.5);
    const [a, b] = [values(rows * dim), values(columns * dim)];
    const signature = {
      a: { dtype: 'float32', shape: [rows, dim] },
      b: { dtype: 'float32', shape: [columns, dim] },
    } as const;
    await using plain = await compile(
      ({ a, b }) => ({ products: tf.matMul(a!, b!, false, true) }),
      signature,
      { threads: 1 },
    );
    await using direct = await innerProducts({ shape: [rows, columns, dim], threads: 1 });
    t.same((await direct.run({ a, b })).products, (await plain.run({ a, b })).products);
    await t.rejects(direct.run({ a }), /feeds.b: missing/);
  }
  t.equal(liveSessions(), 0);
});
