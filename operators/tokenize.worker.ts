import { workerData } from 'node:worker_threads';
import { openTokenizer, type TokenizerOptions } from '../src/model/tokenizer.js';
import type { Lists } from '../src/store/ragged.js';

const tokens = openTokenizer(workerData as TokenizerOptions);

export default (texts: string[]): Lists => tokens(texts);
