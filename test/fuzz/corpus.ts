/** Files that were once read wrongly, and one of each way in which a file has been refused; all of them small. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FormatName } from './formats.js';

const FOLDER = 'test/fuzz/corpus';
/** Bytes of a file, and of all files of a format: some room is left for defects. */
const LARGEST = 2500;
const MOST = { interesting: 20_000, defect: 48_000 } as const;

export interface CorpusFile {
  name: string;
  bytes: Buffer;
  /** Whether its name starts with `valid-`: other readers take it. */
  valid: boolean;
}

export function readCorpus(format: FormatName): CorpusFile[] {
  const dir = join(FOLDER, format);
  const names = existsSync(dir) ? readdirSync(dir).sort() : [];
  return names.map((name) => {
    const path = join(dir, name);
    return { name: path, bytes: readFileSync(path), valid: name.startsWith('valid-') };
  });
}

/** Adds a file under a name that its bytes give it. @returns the name, or nothing if there is no room for it. */
export function addToCorpus(format: FormatName, bytes: Buffer, as: keyof typeof MOST): string | undefined {
  const dir = join(FOLDER, format);
  const held = readCorpus(format).reduce((sum, file) => sum + file.bytes.length, 0);
  if (bytes.length > LARGEST || held + bytes.length > MOST[as]) return undefined;
  mkdirSync(dir, { recursive: true });
  const digest = createHash('sha256').update(bytes).digest('hex').slice(0, 12);
  const name = join(dir, `${digest}.${format}`);
  writeFileSync(name, bytes);
  return name;
}
