/** Faults of a run, and whether the same command then resumes it to the same result. */
import { execFileSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TrainOptions } from '../../pipelines/train.js';
import { placesOf, scratchOf } from '../../src/stages/places.js';
import type { Random } from '../../src/random.js';
import { attempt, type Attempt, type Report } from './attempt.js';
import { digests } from './digests.js';

/** The run to harm, and its result without a fault. */
export interface Subject {
  options: TrainOptions;
  milliseconds: number;
  /** Of training without a fault. */
  reports: readonly Report[];
  expected: Record<string, string>;
}

export interface Outcome {
  /** The stage that was interrupted. */
  stage: string;
  /** Whether it failed as expected, and ended with the same result when it was resumed. */
  survived: boolean;
  /** Steps that were repeated. */
  lost: number;
  /** How both attempts ended, to explain a failure. */
  ends: { code: number | null; stderr: string }[];
}

export interface Fault {
  name: string;
  /** Why it cannot be tried on this machine; `undefined` if it can. */
  unable?: () => string | undefined;
  harm: (subject: Subject, random: Random) => Promise<Outcome>;
}

export async function subjectOf(options: TrainOptions): Promise<Subject> {
  const { milliseconds, reports, code, stderr } = await attempt(options);
  if (code !== 0) throw new Error(stderr);
  return { options, milliseconds, reports, expected: digests(options.run) };
}

const killed: Fault = {
  name: 'kill -9',
  harm: async (subject, random) => {
    const { options, milliseconds } = cleared(subject);
    return again(subject, await attempt(options, { kill: random.next() * milliseconds }));
  },
};

/** Approximate maximum number of reads and writes of a thread in such a run. */
const CALLS = 2000;

const threads = (['throws', 'exits', 'hangs'] as const).map((kind): Fault => ({
  name: `a thread ${kind}`,
  harm: async (subject, random) => {
    const { options } = cleared(subject);
    const at = Math.floor(CALLS ** random.next());
    const first = await attempt(options, { file: { kind, at } });
    const told = { throws: /a thread that throws/, exits: /worker exited/, hangs: /no answer for/ }[kind];
    return again(subject, first, first.code === 0 || told.test(first.stderr));
  },
}));

const full: Fault = {
  name: 'the disk is full',
  unable: () => {
    const dir = mkdtempSync(join(tmpdir(), 'dexa-full-'));
    try {
      mount(dir, 4096);
      execFileSync('umount', [dir]);
      return undefined;
    } catch {
      return 'mounting a small disk needs root';
    } finally {
      rmSync(dir, { recursive: true });
    }
  },
  harm: async (subject, random) => {
    const disk = mkdtempSync(join(tmpdir(), 'dexa-full-'));
    const small = Math.round(random.next() * MOST_ROOM);
    mount(disk, small);
    try {
      const options = { ...subject.options, run: join(disk, 'run') };
      const first = await attempt(options);
      mount(disk, 16 * MOST_ROOM, 'remount,');
      const told = /ENOSPC|training needs/.test(first.stderr);
      return await again({ ...subject, options }, first, first.code === 0 || told);
    } finally {
      execFileSync('umount', [disk]);
      rmSync(disk, { recursive: true });
    }
  },
};

/** Approximate maximum of bytes that such a run takes. */
const MOST_ROOM = 60 << 20;

const mount = (dir: string, bytes: number, how = ''): void => {
  execFileSync('mount', ['-t', 'tmpfs', '-o', `${how}size=${bytes}`, 'dexa-full', dir], { stdio: 'ignore' });
};

const DAMAGES: Record<string, (path: string, random: Random) => void> = {
  'cut short': (path, random) => {
    truncateSync(path, Math.floor(random.next() * statSync(path).size));
  },
  'with a bit flipped': (path, random) => {
    const bytes = readFileSync(path);
    const at = random.below(bytes.length);
    bytes[at]! ^= 1 << random.below(8);
    writeFileSync(path, bytes);
  },
  deleted: (path) => {
    rmSync(path);
  },
};

/** Folders with digests in a run that is being trained. */
const STORES: Record<string, (run: string) => string | undefined> = {
  'token store': (run) => existing(placesOf(run).temporary('tokens')),
  checkpoint: (run) =>
    ['train encoder', 'train classifiers']
      .map((stage) => newestIn(join(scratchOf(run, stage), 'checkpoints')))
      .find((found) => found !== undefined),
};

const damaged = Object.entries(STORES).flatMap(([what, find]) =>
  Object.entries(DAMAGES).map(([how, damage]): Fault => ({
    name: `${what} ${how}`,
    harm: async (subject, random) => {
      for (;;) {
        const { options, reports } = cleared(subject);
        const training = reports.flatMap(({ stage }, i) => (stage.startsWith('train') ? [i + 1] : []));
        const first = await attempt(options, { killAt: training[random.below(training.length)]! });
        const folder = find(options.run);
        if (folder === undefined) continue; // does not exist now
        const names = readdirSync(folder).filter((name) => statSync(join(folder, name)).isFile());
        damage(join(folder, names[random.below(names.length)]!), random);
        return again(subject, first);
      }
    },
  })),
);

const changed: Fault = {
  name: 'the Parquet changes',
  harm: async (subject, random) => {
    const { options, milliseconds } = cleared(subject);
    const path = join(options.data, 'train.parquet');
    const before = `${path}.before`;
    const change = setTimeout(() => {
      copyFileSync(path, before);
      copyFileSync(join(options.data, 'test.parquet'), path);
    }, random.next() * milliseconds);
    const first = await attempt(options);
    clearTimeout(change);
    const restore = existsSync(before);
    const refused = /error: .*(changed while|rows, but|Parquet)/.test(first.stderr);
    if (restore) renameSync(before, path);
    return again(subject, first, first.code === 0 || (first.code === 2 && refused));
  },
};

const twice: Fault = {
  name: 'a second process',
  harm: async (subject, random) => {
    const { options, milliseconds } = cleared(subject);
    const first = attempt(options);
    await new Promise((resolve) => setTimeout(resolve, (0.2 + 0.6 * random.next()) * milliseconds));
    const second = await attempt(options);
    const refused =
      second.code === 2 && /is being trained|in use|already holds a trained model/.test(second.stderr);
    return again(subject, await first, refused);
  },
};

export const FAULTS: readonly Fault[] = [killed, ...threads, full, ...damaged, changed, twice];

/** The same subject, with its run removed. */
function cleared(subject: Subject): Subject {
  rmSync(subject.options.run, { recursive: true, force: true });
  return subject;
}

/** Resumes the run if it has not finished; `asked` says whether it failed as expected. */
async function again({ options, expected }: Subject, first: Attempt, asked = true): Promise<Outcome> {
  const second = first.code === 0 ? first : await attempt(options);
  const found = ended(second) ? digests(options.run) : {};
  return {
    stage: first.reports.at(-1)?.stage ?? 'begin',
    survived: asked && JSON.stringify(found) === JSON.stringify(expected),
    lost: first.code === 0 ? 0 : lostSteps(first.reports, second.reports, options.batch!),
    ends: [first, second].map(({ code, stderr }) => ({ code, stderr })),
  };
}

/** Whether the run is complete: one killed after its last file was written is refused like a finished one. */
const ended = ({ code, stderr }: Attempt): boolean =>
  code === 0 || stderr.includes('already holds a trained model');

/** Steps of the interrupted stage that the second attempt repeated. */
function lostSteps(first: readonly Report[], second: readonly Report[], batch: number): number {
  const last = first.at(-1);
  if (!last?.stage.startsWith('train')) return 0;
  const next = second.find(({ stage }) => stage === last.stage);
  return next ? Math.max(0, (last.done - next.done) / batch + 1) : 0;
}

const existing = (path: string): string | undefined => (existsSync(path) ? path : undefined);

function newestIn(folder: string): string | undefined {
  if (!existsSync(folder)) return undefined;
  const numbers = readdirSync(folder).filter((name) => /^\d+$/.test(name));
  const newest = Math.max(...numbers.map(Number));
  return numbers.length > 0 ? join(folder, String(newest)) : undefined;
}
