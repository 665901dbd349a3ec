import { readFileSync } from 'node:fs';
import type * as z from 'zod';
import { InputError } from '../errors.js';
import { show } from '../show.js';

/** Reads a JSON file. @throws InputError if it cannot be read or is not JSON. */
export function readJson(path: string): unknown {
  let problem = 'cannot be read';
  try {
    const text = readFileSync(path, 'utf8');
    problem = 'not JSON';
    return JSON.parse(text);
  } catch (cause) {
    throw new InputError(`${path}: ${problem}: ${(cause as Error).message.replace(/\s+/g, ' ')}`, { cause });
  }
}

/** The content of a file, checked by a schema. @throws InputError naming the file, the field and its value. */
export function checkJson<S extends z.ZodType>(path: string, schema: S, json: unknown): z.output<S> {
  const { success, data, error } = schema.safeParse(json);
  if (success) return data;
  const issue = error.issues[0]!;
  const value = issue.path.reduce<unknown>(
    (part, key) => (part as Record<PropertyKey, unknown> | undefined)?.[key],
    json,
  );
  const where = issue.path.map(String).join('.') || 'content';
  throw new InputError(
    `${path}: ${where}: ${issue.message}, got ${value === undefined ? 'none' : show(value)}`,
    { cause: error },
  );
}
