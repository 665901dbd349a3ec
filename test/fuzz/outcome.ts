/** What a reader makes of a file, in a form that two readers share and that can be sent to another process. */
import { inputError } from '../../src/errors.js';

/**
 * One part of a file, such as a column: its values as text; or the first row with a bad value; or that its type is refused;
 * or why it cannot be read at all.
 */
export type Part = { values: string } | { row: number } | { type: string } | { refused: string };

/** The parts of a file by name. */
export type Outcome = Record<string, Part>;

/** Values as text, so that equal text means equal values: −0 is not 0, and an integer is the same whatever holds it. */
export function asText(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'number') return Object.is(value, -0) ? '-0' : String(value);
  if (Array.isArray(value)) return `[${value.map(asText).join()}]`;
  if (ArrayBuffer.isView(value)) return asText(Array.from(value as unknown as ArrayLike<unknown>));
  return String(value);
}

/** What the package's reader makes of a part. @throws whatever is not a refusal in one line. */
export async function ours(read: () => unknown): Promise<Part> {
  try {
    return { values: asText(await read()) };
  } catch (error) {
    const message = inputError(error)?.message;
    if (message === undefined || message.includes('\n') || message.length > 2000) throw error;
    return refusalOf(message);
  }
}

const BAD_ROW = /, row (\d+): /;
const BAD_LINE = /\.jsonl(?:\.gz)?:(\d+): /;
const BAD_TYPE =
  /: column [^:]+: expected [^:]+, got |: tensor .* is of type |: expected \S+ in C order, got /s;

function refusalOf(message: string): Part {
  const row = BAD_ROW.exec(message)?.[1];
  if (row !== undefined) return { row: Number(row) };
  const line = BAD_LINE.exec(message)?.[1];
  if (line !== undefined) return { row: Number(line) - 1 };
  return BAD_TYPE.test(message) ? { type: message } : { refused: message };
}

/** What an independent reader makes of a part. Its failures are no defects of the package. */
export async function theirs(read: () => unknown): Promise<Part> {
  try {
    const values = await read();
    return values instanceof Refusal ? values.part : { values: asText(values) };
  } catch (error) {
    return { refused: String(error) };
  }
}

/** An independent reader could read a part, and finds that it is to be refused. */
export class Refusal {
  readonly part: Part;
  constructor(part: Part) {
    this.part = part;
  }
}

/** The value of each row, or the first row for which there is none. */
export function rowsOf<T, R>(rows: readonly T[], valueOf: (row: T) => R | undefined): R[] | Refusal {
  const values: R[] = [];
  for (const [row, given] of rows.entries()) {
    const value = valueOf(given);
    if (value === undefined) return new Refusal({ row });
    values.push(value);
  }
  return values;
}
