import { bag } from '../model/encoders/bag.js';
import { bert } from '../model/encoders/bert.js';
import type { Encoder } from '../model/encoders/encoder.js';
import type { ModelConfig } from './model-folder.js';
import { useLite } from '../model/encoders/use-lite.js';

/** The encoder of a model's configuration; transformers process about `block` tokens at once. */
export function encoderOf(config: ModelConfig, block?: number): Encoder {
  switch (config.encoder) {
    case 'bag':
      return bag(config.dim);
    case 'use-lite':
      return useLite(block);
    case 'bert':
      return bert(config.bert, block);
  }
}
