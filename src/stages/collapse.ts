/** Tells an encoder that has collapsed: it maps all texts to nearly the same direction. */
import type { InBatchLoss } from '../model/losses/in-batch.js';

/** Above this mean cosine of texts and labels that are not theirs, embeddings hardly differ. */
const MOST_ALIKE = 0.8;
/** Relative distance to the loss of equal cosines, and the successive epochs within it. */
const NEAR = 0.005;
const EPOCHS = 2;

/** The loss of a mini-batch whose cosines are all equal. */
const lossOfEqual = (loss: InBatchLoss, batch: number): number =>
  loss.kind === 'softmax'
    ? Math.log(batch)
    : loss.margin / (loss.temperature === undefined ? 1 : Math.min(loss.negatives, batch));

/** Looks at each epoch's means; returns a line to show to the user, once. */
export function collapseWatch(
  loss: InBatchLoss,
  batch: number,
): (epoch: { loss: number; cosine?: number | undefined }) => string | undefined {
  const equal = lossOfEqual(loss, batch);
  let near = 0;
  let told = false;
  return ({ loss: own, cosine = 0 }) => {
    near = Math.abs(own - equal) <= NEAR * equal ? near + 1 : 0;
    if (told || (near < EPOCHS && cosine <= MOST_ALIKE)) return undefined;
    told = true;
    const what =
      cosine > MOST_ALIKE
        ? `texts and labels that are not theirs have a mean cosine of ${cosine.toFixed(2)}`
        : `the loss stays at ${own.toFixed(4)}, that of equal cosines`;
    const remedy = loss.kind === 'softmax' ? 'a lower --lr or a larger --batch' : '--loss softmax';
    return `the encoder does not tell texts apart: ${what}; try ${remedy}`;
  };
}
