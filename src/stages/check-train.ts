/** What is refused before training begins. */
import type * as z from 'zod';
import { countTail } from './auxiliary-map.js';
import { readConfig } from '../encode/model-folder.js';
import { ownEncoder } from '../encode/own-encoders.js';
import { bytesOf, checkSpace, diskOf, secondDiskOf, type RunSize } from '../plan/disk.js';
import type { Dataset } from '../store/dataset.js';
import { InputError } from '../errors.js';
import { isOwn } from './module-one.js';
import type { TrainOptions } from '../../pipelines/train.js';

type Options = z.output<typeof TrainOptions>;

/** A token is some four bytes of text. */
const BYTES_OF_TOKEN = 4;

/**
 * Module II begins when the files that only Module I needs are gone.
 * @throws InputError if the disk of the run is too small while training lasts.
 */
export function checkRoom(options: Options, dataset: Dataset): void {
  const size = sizeOf(options, dataset);
  const [first, second] = [diskOf(size), secondDiskOf(size)];
  const lasting = first.filter(({ lasts }) => lasts === 'run');
  const needed = {
    '1': bytesOf(first),
    '2': bytesOf(second),
    '1,2': Math.max(bytesOf(first), bytesOf([...lasting, ...second])),
  };
  checkSpace(options.run, needed[options.modules]);
}

function sizeOf(options: Options, { labels, train, sums }: Dataset): RunSize {
  const { encoder, dim, maxLength, aux, embeddings, steps = Infinity, batch } = options;
  const tokens = (bytes: number): number => Math.min(maxLength, bytes / BYTES_OF_TOKEN);
  const bytesOfLabel = sums.bytesOfLabels / labels;
  return {
    labels,
    texts: train,
    dim: isOwn(encoder) ? ownEncoder(encoder).dim(dim) : readConfig(encoder).dim,
    auxiliary: aux,
    half: embeddings === 'f16',
    visited: Math.min(train, steps * batch),
    bytesOfLabel,
    tokensOfLabel: tokens(bytesOfLabel),
    tokensOfText: train > 0 ? tokens(sums.bytesOfTexts / train) : 0,
    labelsOfText: train > 0 ? sums.labelsOfTexts / train : 0,
  };
}

/** @throws InputError if the data are too small for what is asked. */
export function checkSizes(
  { modules, aux, batch, classifierBatch, headMinCount }: Options,
  { dir }: Dataset,
  { frequency, texts }: { frequency: Int32Array; texts: number },
): void {
  const tail = countTail(frequency, headMinCount);
  const batches = {
    ...(modules !== '2' && { batch }),
    ...(modules !== '1' && { 'classifier-batch': classifierBatch }),
  };
  if (modules !== '2' && aux > tail)
    throw new InputError(
      `aux: expected at most ${tail} (the labels of ${dir} with fewer than ${headMinCount} texts), got ${aux}`,
    );
  for (const [name, size] of Object.entries(batches))
    if (size > texts)
      throw new InputError(
        `${name}: expected at most ${texts} (the training texts of ${dir} that have labels), got ${size}`,
      );
}
