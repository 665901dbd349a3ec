import type { Matrix } from '../formats/npy.js';
import type { TextReader } from './texts.js';

/** Distinct names, ascending, how often each occurs, and a file for the numbers that the merge gives them. */
export interface NameRun {
  names: TextReader;
  counts: Matrix<'int32'>;
  numbers: Matrix<'int32'>;
}

/** Names of a run in memory. */
const BLOCK = 1 << 12;

/** A place in a run, of which one block is in memory. */
class Cursor {
  readonly #run: NameRun;
  /** Rows read so far. */
  #end = 0;
  #names: string[] = [];
  #counts: Int32Array = new Int32Array();
  #numbers = new Int32Array();
  #at = 0;

  constructor(run: NameRun) {
    this.#run = run;
    this.#next();
  }

  get isAtEnd(): boolean {
    return this.#at === this.#names.length;
  }

  /** The name at the cursor, which is not at the end. */
  get name(): string {
    return this.#names[this.#at]!;
  }

  /** Gives the name at the cursor its number, returns its count and goes on. */
  pass(number: number): number {
    const count = this.#counts[this.#at]!;
    this.#numbers[this.#at++] = number;
    if (this.isAtEnd) this.#next();
    return count;
  }

  #next(): void {
    const { names, counts, numbers } = this.#run;
    numbers.append(this.#numbers);
    const count = Math.min(BLOCK, names.rows - this.#end);
    this.#names = names.gather(Int32Array.from({ length: count }, (_x, i) => this.#end + i));
    this.#counts = counts.read(this.#end, count);
    this.#numbers = new Int32Array(count);
    this.#end += count;
    this.#at = 0;
  }
}

/** The names of all runs, ascending, each once, with the sums of their counts, in blocks; numbers the names of the runs. */
export function* mergeNames(runs: readonly NameRun[]): Generator<{ names: string[]; counts: number[] }> {
  let cursors = runs.map((run) => new Cursor(run)).filter(({ isAtEnd }) => !isAtEnd);
  let [names, counts, number]: [string[], number[], number] = [[], [], 0];
  while (cursors.length > 0) {
    let least = cursors[0]!.name;
    for (const { name } of cursors) if (name < least) least = name;
    let [count, ended] = [0, false];
    for (const cursor of cursors) {
      if (cursor.name !== least) continue;
      count += cursor.pass(number);
      ended ||= cursor.isAtEnd;
    }
    if (ended) cursors = cursors.filter(({ isAtEnd }) => !isAtEnd);
    names.push(least);
    counts.push(count);
    number++;
    if (names.length < BLOCK) continue;
    yield { names, counts };
    [names, counts] = [[], []];
  }
  yield { names, counts };
}
