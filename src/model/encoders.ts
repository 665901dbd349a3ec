import { bag } from './bag.js';
import { bert } from './bert.js';
import type { Encoder } from './encoder.js';
import type { ModelConfig } from './folder.js';
import { useLite } from './use-lite-encoder.js';

/** The encoder that a model's configuration names; transformers work on about `block` tokens at once. */
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
