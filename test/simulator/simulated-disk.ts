/**
 * A disk in memory that fails by seed: what is not synced may be lost with the power, writes are torn or short, and any operation
 * may be refused. After a crash every operation fails until the next process starts.
 */
import { basename, dirname } from 'node:path';
import type { Random } from '../../src/random.js';
import { SimulatedFile } from './simulated-file.js';
import { SimulatedFolder, type Entry } from './simulated-folder.js';
import { CALM, noCounts, type Weather } from './weather.js';

/** The path of its root, in no real file system. */
export const ROOT = '/simulated-disk';
/** Descriptors from here on are the simulated disk's. */
export const FIRST_FD = 1 << 24;

/** What a disk does wrong that no program can survive: a test that does not notice it has not looked. */
export type Lie = 'files are not synced' | 'folders are not synced' | 'failed syncs are not told';

interface Open {
  entry: Entry;
  path: string;
  position: number;
}

type Kind = 'read' | 'write' | 'sync' | 'change';

export class SimulatedDisk {
  readonly counts = noCounts();
  weather = CALM;
  crashed = false;
  /** Errors injected so far. */
  errors = 0;
  readonly #random: Random;
  readonly #lie: Lie | undefined;
  readonly #root = new SimulatedFolder();
  readonly #open = new Map<number, Open>();
  #nextFd = FIRST_FD;

  constructor(random: Random, lie?: Lie) {
    this.#random = random;
    this.#lie = lie;
  }

  /** The next process starts, after a kill of the last one or a loss of power. */
  restart({ power, weather }: { power: boolean; weather: Weather }): void {
    this.counts[power ? 'power losses' : 'kills']++;
    if (power) this.#root.losePower(this.#random);
    this.#open.clear();
    this.crashed = false;
    this.weather = weather;
  }

  open(path: string, flags: string): number {
    this.#begin(flags === 'r' ? 'read' : 'change', path);
    const { folder, name } = this.#placeOf(path);
    let entry = path === ROOT ? this.#root : folder.entries.get(name);
    if (entry && flags === 'wx') throw failure('EEXIST', path);
    if (!entry && flags.startsWith('r')) throw failure('ENOENT', path);
    if (entry instanceof SimulatedFolder && flags !== 'r') throw failure('EISDIR', path);
    if (!entry) folder.change({ entry: (entry = new SimulatedFile()), to: name });
    else if (entry instanceof SimulatedFile && flags.startsWith('w')) entry.resize(0);
    const position = entry instanceof SimulatedFile && flags === 'a' ? entry.content.length : 0;
    this.#open.set(this.#nextFd, { entry, path, position });
    return this.#nextFd++;
  }

  close(fd: number): void {
    if (this.crashed) throw new Crash();
    if (!this.#open.delete(fd)) throw failure('EBADF', String(fd));
  }

  read(fd: number, into: Uint8Array, position: number | null): number {
    const open = this.#opened(fd);
    this.#begin('read', open.path);
    const from = position ?? open.position;
    const { content } = asFile(open);
    let length = Math.max(0, Math.min(into.length, content.length - from));
    if (length > 1 && this.#draw('short')) {
      length = 1 + this.#random.below(length - 1);
      this.counts['short reads']++;
    }
    into.set(content.subarray(from, from + length));
    if (position === null) open.position += length;
    return length;
  }

  /** A crash or an error may come in the middle of it. */
  write(fd: number, bytes: Uint8Array, position: number | null): number {
    const open = this.#opened(fd);
    const file = asFile(open);
    const at = position ?? open.position;
    try {
      this.#begin('write', open.path);
    } catch (error) {
      file.write(at, bytes.subarray(0, this.#random.below(bytes.length + 1)));
      throw error;
    }
    let length = bytes.length;
    if (length > 1 && this.#draw('short')) {
      length = 1 + this.#random.below(length - 1);
      this.counts['short writes']++;
    }
    file.write(at, bytes.subarray(0, length));
    if (position === null) open.position += length;
    return length;
  }

  resize(fd: number, size: number): void {
    const open = this.#opened(fd);
    this.#begin('change', open.path);
    asFile(open).resize(size);
  }

  sync(fd: number): void {
    const { entry, path } = this.#opened(fd);
    try {
      this.#begin('sync', path);
    } catch (error) {
      if (this.crashed) throw error;
      if (entry instanceof SimulatedFile) entry.failSync(this.#random);
      if (this.#lie === 'failed syncs are not told') return;
      throw error;
    }
    const kind = entry instanceof SimulatedFile ? 'files' : 'folders';
    if (this.#lie !== `${kind} are not synced`) entry.sync();
  }

  /** Size of a file, or `undefined` for a folder. */
  sizeOf(at: string | number): number | undefined {
    const path = typeof at === 'number' ? this.#opened(at).path : at;
    this.#begin('read', path);
    const entry = typeof at === 'number' ? this.#opened(at).entry : this.#entryAt(at);
    return entry instanceof SimulatedFile ? entry.content.length : undefined;
  }

  list(path: string): string[] {
    this.#begin('read', path);
    return [...this.#folderAt(path).entries.keys()].sort();
  }

  /** Fails if there is something. */
  makeFolder(path: string): void {
    this.#begin('change', path);
    const { folder, name } = this.#placeOf(path);
    if (folder.entries.has(name)) throw failure('EEXIST', path);
    folder.change({ entry: new SimulatedFolder(), to: name });
  }

  /** A file or an empty folder. */
  remove(path: string): void {
    this.#begin('change', path);
    const entry = this.#entryAt(path);
    if (entry instanceof SimulatedFolder && entry.entries.size > 0) throw failure('ENOTEMPTY', path);
    const { folder, name } = this.#placeOf(path);
    folder.change({ entry, from: name });
  }

  rename(from: string, to: string): void {
    this.#begin('change', from);
    const entry = this.#entryAt(from);
    const [before, after] = [this.#placeOf(from), this.#placeOf(to)];
    const replaced = after.folder.entries.get(after.name);
    if (replaced instanceof SimulatedFolder && replaced.entries.size > 0) throw failure('ENOTEMPTY', to);
    if (before.folder !== after.folder) throw failure('EXDEV', to); // the product renames within a folder
    after.folder.change({ entry, from: before.name, to: after.name });
  }

  #begin(kind: Kind, path: string): void {
    if (this.crashed) throw new Crash();
    this.counts.operations++;
    if (this.#draw('crash')) {
      this.crashed = true;
      throw new Crash();
    }
    if (kind !== 'read' && kind !== 'sync' && this.#draw('full')) {
      this.errors++;
      this.counts.ENOSPC++;
      throw failure('ENOSPC', path);
    }
    if (!this.#draw('ioError')) return;
    this.errors++;
    this.counts[kind === 'sync' ? 'failed syncs' : 'EIO']++;
    throw failure('EIO', path);
  }

  #draw(fault: keyof Weather): boolean {
    return this.weather[fault] > 0 && this.#random.next() < this.weather[fault];
  }

  #opened(fd: number): Open {
    if (this.crashed) throw new Crash();
    const open = this.#open.get(fd);
    if (!open) throw failure('EBADF', String(fd));
    return open;
  }

  #entryAt(path: string): Entry {
    let entry: Entry | undefined = this.#root;
    for (const name of path.slice(ROOT.length).split('/').filter(Boolean)) {
      if (entry && !(entry instanceof SimulatedFolder)) throw failure('ENOTDIR', path);
      entry = entry?.entries.get(name);
    }
    if (!entry) throw failure('ENOENT', path);
    return entry;
  }

  #folderAt(path: string): SimulatedFolder {
    const entry = this.#entryAt(path);
    if (!(entry instanceof SimulatedFolder)) throw failure('ENOTDIR', path);
    return entry;
  }

  #placeOf(path: string): { folder: SimulatedFolder; name: string } {
    return { folder: path === ROOT ? this.#root : this.#folderAt(dirname(path)), name: basename(path) };
  }
}

/** The process is gone: whatever it still does fails. */
class Crash extends Error {
  constructor() {
    super('the process was killed');
  }
}

function asFile({ entry, path }: Open): SimulatedFile {
  if (entry instanceof SimulatedFile) return entry;
  throw failure('EISDIR', path);
}

const failure = (code: string, path: string): NodeJS.ErrnoException =>
  Object.assign(new Error(`${code}: simulated, ${path}`), { code, errno: -1 });
