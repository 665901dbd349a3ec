/** What a folder may ask for besides its modules, and is refused by name, because it would change the vectors. */
import { join } from 'node:path';
import * as z from 'zod';
import { InputError } from '../../errors.js';
import { isThere } from '../../files/is-there.js';
import { readIfThere } from '../../files/read-json.js';
import { show } from '../../show.js';
import { LENGTH_FILE, lengthFile } from './modules.js';

/** @throws InputError if the weights are to be changed by those of an adapter. */
export function checkAdapter(folder: string): void {
  const path = join(folder, 'adapter_config.json');
  if (isThere(path))
    throw new InputError(`${path}: adapters are not supported; merge it into the weights, and remove it`);
}

const Arguments = z.record(z.string(), z.unknown()).nullish();
/** Before version 5.4 and since. */
const WithArguments = z.object({
  model_args: Arguments,
  tokenizer_args: Arguments,
  config_args: Arguments,
  model_kwargs: Arguments,
  processor_kwargs: Arguments,
  config_kwargs: Arguments,
});

/** @throws InputError if the model, its tokenizer or its configuration are to be loaded with other options than their files'. */
export function checkArguments(folder: string): void {
  const path = join(folder, lengthFile(folder) ?? LENGTH_FILE);
  for (const [name, given] of Object.entries(readIfThere(path, WithArguments) ?? {}))
    if (given && Object.keys(given).length > 0)
      throw new InputError(`${path}: ${name} ${show(given)}: not supported; write it into the model's files`);
}

const TokenizerConfig = z.object({ truncation_side: z.string().nullish() });
const Tokenizer = z.object({ truncation: z.object({ direction: z.string().nullish() }).nullish() });

/** @throws InputError if long texts are to lose their beginnings; `tokenizer.json` is asked if its configuration is silent. */
export function checkTruncation(folder: string): void {
  const [config, tokenizer] = [join(folder, 'tokenizer_config.json'), join(folder, 'tokenizer.json')];
  const side = readIfThere(config, TokenizerConfig)?.truncation_side;
  if (side != null) checkSide(`${config}: truncation_side`, side);
  else
    checkSide(`${tokenizer}: truncation.direction`, readIfThere(tokenizer, Tokenizer)?.truncation?.direction);
}

function checkSide(field: string, side: string | null | undefined): void {
  if (side != null && side.toLowerCase() !== 'right')
    throw new InputError(`${field} ${show(side)}: not supported; texts are cut at their right end`);
}
