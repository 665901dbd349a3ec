/** Whether a tokenizer's ids fit the table of a model, which is known before any text is read. */
import { join } from 'node:path';
import * as z from 'zod';
import { InputError } from '../../errors.js';
import { isThere } from '../../files/is-there.js';
import { checkJson, readJson } from '../../files/read-json.js';

const Tokenizer = z.object({
  added_tokens: z.array(z.object({ id: z.int() })).nullish(),
  model: z.object({
    /** Ids by piece, or pieces in the order of their ids. */
    vocab: z.union([z.record(z.string(), z.int()), z.array(z.unknown())]).nullish(),
  }),
});

/** @throws InputError if the tokenizer can make an id that the table, of `rows` rows, does not have. */
export function checkVocabulary(folder: string, rows: number): void {
  const path = join(folder, 'tokenizer.json');
  if (!isThere(path)) return; // who opens the tokenizer says so
  const { added_tokens: added, model } = checkJson(path, Tokenizer, readJson(path));
  const vocab = model.vocab ?? [];
  const ids = Array.isArray(vocab) ? [vocab.length - 1] : Object.values(vocab);
  let largest = -1;
  for (const id of [...ids, ...(added ?? []).map((token) => token.id)]) largest = Math.max(largest, id);
  if (largest >= rows)
    throw new InputError(
      `${path}: makes token ${largest}, but vocab_size in ${join(folder, 'config.json')} is ${rows}`,
    );
}
