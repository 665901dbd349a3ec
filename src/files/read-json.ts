import { readFileSync } from 'node:fs';
import type * as z from 'zod';
import { InputError } from '../errors.js';
import { isThere } from './is-there.js';
import { refusePointer } from './beginning.js';
import { showGiven } from '../show.js';

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** Levels of lists and objects in a JSON file, so that what walks through it can call itself. */
export const DEEPEST_JSON = 100;

/** Reads a JSON file. @throws InputError if it cannot be read, is not JSON in UTF-8, or is nested more than 100 levels deep. */
export function readJson(path: string): unknown {
  let problem = 'cannot be read';
  try {
    const bytes = readFileSync(path);
    refusePointer(path, bytes);
    problem = 'not JSON';
    const json: unknown = JSON.parse(utf8.decode(bytes));
    if (isDeeper(json, DEEPEST_JSON))
      throw new InputError(`${path}: nested more than ${DEEPEST_JSON} levels deep`);
    return json;
  } catch (cause) {
    if (cause instanceof InputError) throw cause;
    throw new InputError(`${path}: ${problem}: ${(cause as Error).message.replace(/\s+/g, ' ')}`, { cause });
  }
}

const isDeeper = (value: unknown, levels: number): boolean =>
  typeof value === 'object' &&
  value !== null &&
  (levels === 0 || Object.values(value).some((part) => isDeeper(part, levels - 1)));

/** The content of a file, checked by a schema. @throws InputError naming the file, the field and its value. */
export function checkJson<S extends z.ZodType>(path: string, schema: S, json: unknown): z.output<S> {
  const { success, data, error } = schema.safeParse(json);
  if (success) return data;
  throw new InputError(`${path}: ${firstIssue(error, json)}`, { cause: error });
}

/** The checked content of a file that may be absent. @throws InputError if it is there and cannot be read, or is refused. */
export const readIfThere = <S extends z.ZodType>(path: string, schema: S): z.output<S> | undefined =>
  isThere(path) ? checkJson(path, schema, readJson(path)) : undefined;

/** What is wrong first with a value that a schema refuses: `field: message, got value`. */
export function firstIssue({ issues }: z.ZodError, given: unknown): string {
  const { path, message } = issues[0]!;
  const value = path.reduce<unknown>(
    (part, key) => (part as Record<PropertyKey, unknown> | undefined)?.[key],
    given,
  );
  return `${path.map(String).join('.') || 'content'}: ${message}, got ${showGiven(value)}`;
}
