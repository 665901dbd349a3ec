import { join } from 'node:path';
import type { TokenizerOptions } from '../src/encode/tokenizer.js';
import { isThere } from '../src/files/is-there.js';
import { InputError } from '../src/errors.js';
import { listCount, type Lists } from '../src/formats/lists.js';
import { adding, type Concurrency } from '../src/stream/adding.js';
import type { Operator } from '../src/stream/operator.js';

/** A column batch with texts, as from `read-parquet`. */
export interface TextBatch {
  columns: { text: string[] };
}

export interface TokenizeOptions extends Concurrency {
  /** A local Hugging Face folder with `tokenizer.json` and `tokenizer_config.json`. */
  tokenizer: string;
  /** Maximum tokens per text, 1 … 512, special tokens included; default 32. */
  maxLength?: number;
}

/**
 * Adds `tokens` to batches of texts. Order kept; at most `threads + ahead` batches in flight; a failure
 * surfaces when its batch's turn comes; owns its threads, each with a tokenizer.
 */
export function tokenize<T extends TextBatch>({
  tokenizer,
  maxLength = 32,
  threads = 2,
  ahead = 2,
}: TokenizeOptions): Operator<T, T & { tokens: Lists }> {
  if (!Number.isInteger(maxLength) || maxLength < 1 || maxLength > 512)
    throw new RangeError(`maxLength: expected 1..512, got ${maxLength}`);
  for (const file of ['tokenizer.json', 'tokenizer_config.json'])
    if (!isThere(join(tokenizer, file))) throw new InputError(`${join(tokenizer, file)}: not found`);
  const data: TokenizerOptions = { tokenizer, maxLength };
  return adding<T, 'tokens', Lists>('tokenize', {
    field: 'tokens',
    worker: new URL('./tokenize.worker.js', import.meta.url),
    data,
    threads,
    ahead,
    tasks: () => (batch) => batch.columns.text,
    rows: listCount,
  });
}
