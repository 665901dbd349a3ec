/** Defaults that depend on the size of the data set; chosen on splits of the training texts of several sets. */

const MOST_TEXTS = 1024;
const MOST_OF_CLASSIFIERS = 512;
const FEWEST_TEXTS = 64;
/** Steps of an epoch, at least, unless that makes mini-batches too small. */
const STEPS = 20;

/**
 * Visits of texts over all epochs, and the epochs that this is divided into. Twice as many make a better encoder, but not a better
 * ranking of all sources (docs/decisions/0018-words-and-the-ranker.md).
 */
const VISITS = 500_000;
const [FEWEST_EPOCHS, MOST_EPOCHS] = [3, 10];

const MOST_VECTORS = 2048;
/** Labels that share an auxiliary vector, at least. */
const SHARED_BY = 4;

/** Texts per mini-batch, given the number to train on. */
export const defaultBatch = (texts: number): number =>
  Math.min(MOST_TEXTS, Math.max(FEWEST_TEXTS, Math.floor(texts / STEPS)));

/** The same for classifiers. */
export const defaultClassifierBatch = (texts: number): number =>
  Math.min(MOST_OF_CLASSIFIERS, defaultBatch(texts));

/** Epochs of Module I, given the number of texts. */
export const defaultEpochs = (texts: number): number =>
  Math.min(MOST_EPOCHS, Math.max(FEWEST_EPOCHS, Math.round(VISITS / Math.max(1, texts))));

/** Auxiliary vectors that the labels of the tail share, given their number. */
export const defaultAuxiliary = (tail: number): number => Math.min(MOST_VECTORS, Math.ceil(tail / SHARED_BY));
