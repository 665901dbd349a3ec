/** The encoders that start from what the package of the default tokenizer carries, one entry each. Needs no TensorFlow.js. */
import type { Tensors } from '../formats/safetensors.js';
import { bagShapes, identityBag } from '../model/encoders/identity-bag.js';
import { DIM, EMBEDDING, useLiteShapes } from '../model/encoders/use-lite-parameters.js';
import { inDimensions } from './dimensions.js';
import { subwordEmbeddings, useLiteWeights } from './use-lite-package.js';

interface OwnEncoder {
  /** What its learning rate and device depend on: whether nearly all of its parameters are in a table, or it is a transformer. */
  kind: 'bag' | 'transformer';
  /** Dimensions of an embedding, `asked` where the encoder leaves a choice. */
  dim: (asked?: number) => number;
  initial: (dim: number) => Tensors;
  /** Shapes of the parameters; `undefined` is any size. */
  shapes: (dim: number) => Record<string, (number | undefined)[]>;
}

const own = {
  /** The mean of the package's subword embeddings: fewer dimensions are their principal ones, more start as noise. */
  bag: {
    kind: 'bag',
    dim: (asked = EMBEDDING) => asked,
    initial: (dim) => identityBag(inDimensions(subwordEmbeddings().data, EMBEDDING, dim), dim),
    shapes: (dim) => ({ embedding: [undefined, dim], ...bagShapes(dim) }),
  },
  'use-lite': {
    kind: 'transformer',
    dim: () => DIM,
    initial: useLiteWeights,
    shapes: () => ({ embedding: [undefined, EMBEDDING], ...useLiteShapes() }),
  },
} satisfies Record<string, OwnEncoder>;

export type OwnEncoderName = keyof typeof own;
export const OWN_ENCODERS = Object.keys(own) as OwnEncoderName[];
export const ownEncoder = (name: OwnEncoderName): OwnEncoder => own[name];
