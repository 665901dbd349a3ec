/** JSON files that carry a digest of their own content, so that a flipped bit in them is noticed when they are read. */
import { createHash } from 'node:crypto';
import { InputError } from '../errors.js';

const FIELD = 'seal';

/** The value with its digest as the last field. */
export const sealed = <T extends object>(value: T): T & { seal: string } => ({
  ...value,
  [FIELD]: digestOf(value),
});

/**
 * `advice` ends the message.
 * @throws InputError if a file's content has a digest and is not what was written; without a digest it may be anything.
 */
export function checkSeal(path: string, json: unknown, advice = ''): void {
  if (!isSealed(json)) return;
  const { [FIELD]: seal, ...value } = json;
  if (seal !== digestOf(value))
    throw new InputError(`${path}: not what was written: it does not match its own digest${advice}`);
}

export const isSealed = (json: unknown): json is { seal: unknown } =>
  typeof json === 'object' && json !== null && Object.hasOwn(json, FIELD);

/** Of the value as JSON, in the order of its fields. */
const digestOf = (value: object): string => createHash('sha256').update(JSON.stringify(value)).digest('hex');
