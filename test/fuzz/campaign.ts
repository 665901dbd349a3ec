/** Fuzzes one format: valid files, of which both readers must say the same, and damaged ones, which may be refused. */
import fc from 'fast-check';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { difference, isAccepted, signature } from './compare.js';
import type { CorpusFile } from './corpus.js';
import type { Outcome } from './outcome.js';
import { FORMATS, type FormatName } from './formats.js';
import { Reading } from './reading.js';

/** Mutations of each round: of its valid file, and of those of the corpus. */
const MUTATIONS = 12;
export const MOST_MB = 512;

export interface Defect {
  what: string;
  bytes: Buffer;
}

export interface Result {
  format: FormatName;
  files: number;
  mutations: number;
  accepted: number;
  refused: number;
  slowestMs: number;
  peakMB: number;
  defects: Defect[];
}

export interface CampaignOptions {
  dir: string;
  seed: number;
  corpus: readonly CorpusFile[];
  /** Whether to make another round, given how many were made. */
  goOn: (rounds: number) => boolean;
  /** Is given each damaged file with another outcome than all files before. */
  keep?: (bytes: Buffer) => void;
}

export class Campaign implements Disposable {
  readonly result: Result;
  readonly #options: CampaignOptions;
  readonly #ours: Reading;
  readonly #theirs: Reading;
  readonly #signatures = new Set<string>();
  /** Files to damage. */
  readonly #pool: Buffer[];
  #reads = 0;

  constructor(format: FormatName, options: CampaignOptions) {
    this.#options = options;
    this.#ours = new Reading(format, 'ours');
    this.#theirs = new Reading(format, 'theirs');
    this.#pool = options.corpus.map(({ bytes }) => bytes);
    this.result = {
      format,
      files: 0,
      mutations: 0,
      accepted: 0,
      refused: 0,
      slowestMs: 0,
      peakMB: 0,
      defects: [],
    };
  }

  async run(): Promise<Result> {
    for (const { name, bytes, valid } of this.#options.corpus) await this.#check(bytes, name, !valid);
    for (let round = 0; this.#options.goOn(round); round++) await this.#round(this.#options.seed + round);
    return this.result;
  }

  async #round(seed: number): Promise<void> {
    const { recipes, damage } = FORMATS[this.result.format];
    const once = { seed, numRuns: 1 };
    const [recipe] = fc.sample(recipes, once);
    const path = this.#path();
    await recipe!.make(path);
    const valid = readFileSync(path);
    rmSync(path);
    await this.#check(valid, `seed ${seed}: ${recipe!.what}`, false, recipe!.expected);
    this.result.files++;
    const pool = fc.oneof(fc.constant(valid), fc.constantFrom(valid, ...this.#pool));
    for (const [whole, change] of fc.sample(fc.tuple(pool, damage), { seed, numRuns: MUTATIONS })) {
      const bytes = Buffer.from(change(Buffer.from(whole)));
      this.result.mutations++;
      if (await this.#check(bytes, `seed ${seed}: damaged`, true)) {
        this.#pool.push(bytes);
        this.#options.keep?.(bytes);
      }
    }
  }

  /** Reads a file twice. @returns whether its outcome is one that no file had before. */
  async #check(bytes: Buffer, what: string, damaged: boolean, expected: Outcome = {}): Promise<boolean> {
    const path = this.#path();
    writeFileSync(path, bytes);
    const [got, other] = await Promise.all([this.#ours.read(path), this.#theirs.read(path)]);
    rmSync(path);
    const { result } = this;
    result.slowestMs = Math.max(result.slowestMs, got.ms);
    result.peakMB = Math.max(result.peakMB, got.peakMB);
    const fail = (why: string) => result.defects.push({ what: `${what}: ${why}`, bytes });
    if (got.peakMB > MOST_MB) {
      fail(`${got.peakMB.toFixed()} MB of memory`);
      this.#ours[Symbol.dispose]();
    }
    if (!got.outcome) {
      fail(got.crash ?? 'no answer');
      return false;
    }
    if (isAccepted(got.outcome)) result.accepted++;
    else result.refused++;
    const theirs = other.outcome ?? {}; // a crash of the other reader says nothing of this one
    const different =
      difference(got.outcome, theirs, { damaged }) ?? difference(got.outcome, expected, { damaged });
    if (different !== undefined) fail(different);
    const way = signature(got.outcome);
    const isNew = !this.#signatures.has(way);
    this.#signatures.add(way);
    return isNew && damaged;
  }

  /** A name of its own for each file: readers may remember names. */
  #path(): string {
    return join(this.#options.dir, `${++this.#reads}.${this.result.format}`);
  }

  [Symbol.dispose](): void {
    this.#ours[Symbol.dispose]();
    this.#theirs[Symbol.dispose]();
  }
}
