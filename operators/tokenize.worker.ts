import { workerData } from 'node:worker_threads';
import { openTokenizer, type TokenizerOptions } from '../src/encode/tokenizer.js';
import type { Lists } from '../src/formats/lists.js';

const tokens = openTokenizer(workerData as TokenizerOptions);

export default (texts: string[]): Lists => tokens(texts);
