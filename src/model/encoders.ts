import { bag } from './bag.js';
import type { Encoder } from './encoder.js';
import type { ModelConfig } from './folder.js';

/** The encoder that a model's configuration names. */
export const encoderOf = ({ dim }: ModelConfig): Encoder => bag(dim);
