import { bag } from './bag.js';
import { bert } from './bert.js';
import type { Encoder } from './encoder.js';
import type { ModelConfig } from './folder.js';

/** The encoder that a model's configuration names. */
export const encoderOf = (config: ModelConfig): Encoder =>
  config.encoder === 'bert' ? bert(config.bert) : bag(config.dim);
