/** The model that training starts from: one of our own encoders, or a folder of the user's. */
import * as z from 'zod';
import { integer } from '../command/common.js';
import { checkLength, createModel, loadModel, readConfig, saveModel } from '../encode/model-folder.js';
import { MOST_ROWS } from '../encode/hashed-words.js';
import { OWN_ENCODERS, ownEncoder, type OwnEncoderName } from '../encode/own-encoders.js';
import { hasWeights } from '../encode/hugging-face/folder.js';
import { FLOAT, type DiskUse } from './cost.js';
import type { Stage } from './stage.js';

/** Subwords of a bag, roughly. */
const SUBWORDS = 8500;

export const EncoderOptions = z.object({
  encoder: z
    .string()
    .default('bag')
    .meta({
      description: `${OWN_ENCODERS.join(', ')}, or a folder to start from: model/ of a run, or a Hugging Face BERT`,
      value: `${OWN_ENCODERS.join('|')}|DIR`,
    }),
  dim: integer(1, 4096).optional().meta({ description: 'dimensions of a bag; default: 256' }),
  words: integer(0, MOST_ROWS).default(65_536).meta({
    description: 'rows of a bag for hashed words and pairs of words; 0: subwords alone',
  }),
  maxLength: integer(1, 512).default(32).meta({ description: 'maximum tokens per text' }),
});
export type EncoderOptions = z.output<typeof EncoderOptions>;

/** Whether an encoder is one of ours, created for the run. */
export const isOwn = (encoder: string): encoder is OwnEncoderName =>
  (OWN_ENCODERS as string[]).includes(encoder);

/** Properties of an encoder that are known before it is trained. */
export interface EncoderTraits {
  kind: 'bag' | 'transformer';
  dim: number;
  /** Maximum tokens per text. */
  maxLength: number;
  /** Whether embeddings are in half precision on disk. */
  half: boolean;
}

/** @throws InputError if the folder of an encoder does not contain a model. */
export function traitsOf(
  { encoder, dim, maxLength }: Pick<EncoderOptions, 'encoder'> & Partial<EncoderOptions>,
  { embeddings }: { embeddings: 'f32' | 'f16' },
): EncoderTraits {
  const config = isOwn(encoder)
    ? { encoder, dim: ownEncoder(encoder).dim(dim), maxLength: 0 }
    : readConfig(encoder);
  return {
    kind: config.encoder === 'bert' ? 'transformer' : ownEncoder(config.encoder).kind,
    dim: config.dim,
    maxLength: maxLength ?? config.maxLength,
    half: embeddings === 'f16',
  };
}

/** Leaves `model`, a folder: the user's own if it has weights. */
export const initialModel = (
  options: EncoderOptions & { seed: number },
): Stage<Record<string, never>, { model: string }, never> => {
  const { encoder, dim, words, maxLength, seed } = options;
  return {
    name: 'initial model',
    options,
    leaves: ({ temporary }) => ({
      model: isOwn(encoder) || !hasWeights(encoder) ? temporary('initial-model') : encoder,
    }),
    cost: () => {
      if (!isOwn(encoder)) checkLength(encoder, readConfig(encoder), maxLength);
      if (encoder !== 'bag') return { work: {} };
      const bytes = (SUBWORDS + words) * ownEncoder(encoder).dim(dim) * FLOAT;
      const disk: DiskUse[] = [
        { what: 'initial encoder', bytes, lasts: 'training' },
        { what: 'encoder', bytes, lasts: 'run' },
      ];
      return { work: {}, disk };
    },
    run: async (_inputs, { model }, { note }) => {
      if (isOwn(encoder)) createModel(model, { encoder, dim, words, maxLength });
      if (isOwn(encoder) || model === encoder) return;
      const { parameters } = loadModel(encoder, { seed });
      saveModel(model, { from: encoder, maxLength, parameters });
      note?.(`${encoder}: has no weights, so training starts from random ones`);
    },
  };
};
