/** Checks of values from outside, and their form in error messages. */

/**
 * A text without lone surrogates, which no UTF-8 file can hold, and without NUL, of which a text of UTF-16 is full when its
 * bytes are taken for UTF-8.
 */
export const asText = (value: unknown): string | undefined =>
  typeof value === 'string' && isWellFormed(value) && !value.includes('\0') ? value : undefined;

/** A text, or an integer as its decimal text. Fractions, and numbers beyond 2^53, are refused: others read as the same one. */
export const asKey = (value: unknown): string | undefined =>
  typeof value === 'bigint' || Number.isSafeInteger(value) ? String(value) : asText(value);

/** A key, or an empty text for nothing. */
export const asCell = (value: unknown): string | undefined => asKey(value ?? '');

/** A list, or a single value as a list; nothing is an empty one. */
export const asList = (value: unknown): unknown[] =>
  Array.isArray(value) ? (value as unknown[]) : value === undefined || value === null ? [] : [value];

/** Half of a surrogate pair without the other half. */
const LONE = /\p{Surrogate}/u;
const isWellFormed = (text: string): boolean => !LONE.test(text);

/** Bytes of a text column that are not UTF-8; `show` tells the first ones. */
export class NotUtf8 {
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  toJSON(): string {
    return `not UTF-8: ${Buffer.from(this.#bytes.subarray(0, 16)).toString('hex')}`;
  }
}

/** A number that is finite as float32. */
export const asFloat = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isFinite(Math.fround(value)) ? value : undefined;

/** An integer from 0 to `below` − 1; a bigint is accepted if it fits. */
export function asId(value: unknown, below: number): number | undefined {
  const number = typeof value === 'bigint' ? Number(value) : value;
  const isId = Number.isInteger(number) && (number as number) >= 0 && (number as number) < below;
  return isId ? (number as number) : undefined;
}

/** A value as JSON on one line, cut to 60 characters. */
export function show(value: unknown): string {
  const plain = (_key: string, part: unknown) => (typeof part === 'bigint' ? Number(part) : part);
  // the JSON of a line of the largest size would be longer than a string can be
  const begin = typeof value === 'string' ? value.slice(0, 61) : value;
  const text = typeof begin === 'bigint' ? String(begin) : asJson(begin ?? null, plain);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

/** Values nested some thousands deep have no JSON: the stack ends before. */
function asJson(value: unknown, replace: (key: string, part: unknown) => unknown): string {
  try {
    return JSON.stringify(value, replace);
  } catch {
    return `${Array.isArray(value) ? 'a list' : typeof value} nested too deeply`;
  }
}

/** The same of a value that may be absent. */
export const showGiven = (value: unknown): string => (value === undefined ? 'none' : show(value));

/** Characters of a list of names that are shown. */
const LONGEST_NAMES = 500;

/** Names on one line, cut where they are many. */
export function showNames(names: readonly string[]): string {
  const all = names.map((name) => name.replace(/\s+/g, ' ')).join(', ');
  return all.length > LONGEST_NAMES ? `${all.slice(0, LONGEST_NAMES)}…` : all;
}
