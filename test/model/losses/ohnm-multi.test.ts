import * as tf from '@tensorflow/tfjs';
import { test } from 'tap';
import { normalise } from '../../../src/model/layers/normalise.js';
import { candidateLoss, ohnmMulti } from '../../../src/model/losses/ohnm-multi.js';
import { agree, type Case } from '../../engine/agree.js';
import { floats } from '../../engine/given.js';
import { arePublished } from './published.js';

tf.enableProdMode(); // silences its advice to install a native binding

arePublished({
  'ohnm-multi positives=3 negatives=5 margin=0.2': (s, y) =>
    ohnmMulti(s, y, { positives: 3, negatives: 5, margin: 0.2 }),
});

/** Texts with up to three of the candidates as labels, the first with none, and some padding. */
function candidates(texts: number, count: number, padding: number): Case {
  const width = count + padding;
  const embeddings = floats(texts, 4).data; // not an input: the texts are frozen, the loss has no gradient by them
  const isLabel = (text: number, column: number): boolean =>
    text > 0 && column < count && (column * 7 + text) % count < 3;
  const target = Array.from({ length: texts * width }, (_x, i) => isLabel(Math.floor(i / width), i % width));
  const offset = [...Array<number>(count).fill(0), ...Array<number>(padding).fill(-10)];
  return {
    inputs: [floats(width, 4)],
    fn: (classifiers) =>
      candidateLoss(
        normalise(tf.tensor2d(embeddings, [texts, 4])),
        normalise(classifiers as tf.Tensor2D),
        { target: tf.tensor2d(target, [texts, width], 'bool'), offset: tf.tensor2d(offset, [1, width]) },
        { positives: 3, negatives: 5, margin: 0.2 },
      ),
    gradients: true,
  };
}

const cases: Record<string, Case> = {
  'without padding': candidates(7, 20, 0),
  'with padding': candidates(7, 20, 4),
  'with fewer candidates than asked for': candidates(4, 5, 3),
  'with as many candidates as texts': candidates(6, 6, 0),
};

for (const [what, use] of Object.entries(cases))
  test(`the loss ${what}: fused and plain agree, gradients too`, async (t) => {
    await agree(t, use);
  });
