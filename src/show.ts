/** Checks of values from outside, and their form in error messages. */

export const asText = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

/** A finite number. */
export const asNumber = (value: unknown): number | undefined =>
  Number.isFinite(value) ? (value as number) : undefined;

/** An integer from 0 to `below` − 1; a bigint is accepted if it fits. */
export function asId(value: unknown, below: number): number | undefined {
  const number = typeof value === 'bigint' ? Number(value) : value;
  const isId = Number.isInteger(number) && (number as number) >= 0 && (number as number) < below;
  return isId ? (number as number) : undefined;
}

/** A value as JSON on one line, cut to 60 characters. */
export function show(value: unknown): string {
  const plain = (_key: string, part: unknown) => (typeof part === 'bigint' ? Number(part) : part);
  const text = typeof value === 'bigint' ? String(value) : JSON.stringify(value ?? null, plain);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

/** The same of a value that may be absent. */
export const showGiven = (value: unknown): string => (value === undefined ? 'none' : show(value));
