import * as tf from '@tensorflow/tfjs';
import { test } from 'tap';
import { adamw, adamwRows, parameter, stepSize } from '../../../src/model/optimisers/adamw.js';
import { distance } from '../../engine/agree.js';
import { floats } from '../../engine/given.js';

const [rows, dim, rate] = [5, 3, 1e-2];

test('the pass over rows equals the optimiser on tensors', async (t) => {
  const data = floats(rows, dim).data as Float32Array;
  const moving = parameter(data.slice(), dim);
  let p = tf.tensor2d(data, [rows, dim]);
  let moments = { m: tf.zerosLike(p), v: tf.zerosLike(p) };
  const all = Int32Array.from({ length: rows }, (_x, i) => i);
  for (let step = 1; step <= 20; step++) {
    const gradient = Float32Array.from({ length: rows * dim }, (_x, i) => Math.sin(step * (i + 1)));
    const size = stepSize(rate, step);
    const decay = rate * 0.1;
    adamwRows(moving, all, gradient, { size, decay });
    const { parameter: next, ...rest } = adamw(p, tf.tensor2d(gradient, [rows, dim]), moments, {
      size: tf.scalar(size),
      decay: tf.scalar(decay),
    });
    [p, moments] = [next, rest];
    t.ok(distance(moving.data, p.dataSync()) < 1e-6, `parameter after step ${step}`);
    t.ok(distance(moving.m, moments.m.dataSync()) < 1e-6);
    t.ok(distance(moving.v, moments.v.dataSync()) < 1e-6);
  }
});

test('rows that a batch does not use do not change', async (t) => {
  const moving = parameter(new Float32Array(rows * dim).fill(1), dim);
  adamwRows(moving, Int32Array.of(3, 1), new Float32Array(4 * dim).fill(2), { size: 0.5 });
  const touched = Array.from({ length: rows }, (_x, row) => moving.data[row * dim] !== 1);
  t.same(touched, [false, true, false, true, false]);
  t.equal(moving.m[0], 0);
});
