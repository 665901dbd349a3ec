import * as tf from '@tensorflow/tfjs';
import { test } from 'tap';
import { inBatchLossOf } from '../../../src/model/losses/in-batch.js';
import { ohnmTriplet } from '../../../src/model/losses/ohnm-triplet.js';

test('a loss is found by its kind and gets the other options', (t) => {
  const options = { negatives: 1, margin: 0.3 };
  const [texts, labels] = [tf.eye(2), tf.tensor2d([0.6, 0.8, 0.8, 0.6], [2, 2])];
  const target = tf.tensor2d([1, 0, 0, 1], [2, 2], 'bool');
  const loss = inBatchLossOf({ kind: 'ohnm-triplet', ...options })(texts, labels, target);
  t.equal(loss.arraySync(), ohnmTriplet(tf.matMul(texts, labels, false, true), target, options).arraySync());
  t.end();
});
