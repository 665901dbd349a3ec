/** Puts a simulated disk below the functions of `node:fs` that the product calls; other paths stay the real disk's. */
import fs from 'node:fs';
import promises from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { dirname, join } from 'node:path';
import { FIRST_FD, ROOT, type SimulatedDisk } from './simulated-disk.js';

type Call = (...given: never[]) => unknown;
type Options = { recursive?: boolean; force?: boolean; throwIfNoEntry?: boolean } | undefined;

/** Runs `work` with the disk mounted at `ROOT`. One at a time. */
export async function mounted<T>(disk: SimulatedDisk, work: () => Promise<T>): Promise<T> {
  const sync = synchronous(disk);
  const restore = [replace(fs, sync), replace(promises, asynchronous(disk, sync))];
  syncBuiltinESMExports();
  try {
    return await work();
  } finally {
    for (const each of restore) each();
    syncBuiltinESMExports();
  }
}

const isSimulated = (at: unknown): boolean =>
  typeof at === 'number' ? at >= FIRST_FD : String(at).startsWith(ROOT);

/** Replaces functions by those that are called for simulated paths and descriptors. Returns what undoes it. */
function replace(module: object, calls: Record<string, Call>): () => void {
  const before = Object.keys(calls).map((name) => [name, Reflect.get(module, name) as Call] as const);
  for (const [name, real] of before)
    Reflect.set(module, name, (...given: never[]) => (isSimulated(given[0]) ? calls[name]! : real)(...given));
  return () => {
    for (const [name, real] of before) Reflect.set(module, name, real);
  };
}

const bytesOf = (view: NodeJS.ArrayBufferView, offset = 0, length = view.byteLength - offset): Uint8Array =>
  new Uint8Array(view.buffer, view.byteOffset + offset, length);

function synchronous(disk: SimulatedDisk) {
  const stat = (at: string | number, options?: Options) => {
    try {
      const size = disk.sizeOf(at);
      return { size: size ?? 0, isDirectory: () => size === undefined, isFile: () => size !== undefined };
    } catch (error) {
      if (options?.throwIfNoEntry === false && isMissing(error)) return undefined;
      throw error;
    }
  };
  const moving =
    (way: 'read' | 'write') =>
    (fd: number, view: NodeJS.ArrayBufferView, offset = 0, length?: number, at: number | null = null) =>
      disk[way](fd, bytesOf(view, offset, length), at);
  return {
    openSync: (path: string, flags: string) => disk.open(path, flags),
    closeSync: (fd: number) => {
      disk.close(fd);
    },
    readSync: moving('read'),
    writeSync: moving('write'),
    fsyncSync: (fd: number) => {
      disk.sync(fd);
    },
    ftruncateSync: (fd: number, size: number) => {
      disk.resize(fd, size);
    },
    fstatSync: stat,
    statSync: stat,
    existsSync: (path: string) => exists(disk, path),
    readdirSync: (path: string) => disk.list(path),
    readFileSync: (path: string, encoding?: BufferEncoding) => {
      const bytes = readWhole(disk, path);
      return encoding ? bytes.toString(encoding) : bytes;
    },
    mkdirSync: (path: string, options?: Options) => makeFolder(disk, path, options),
    rmSync: (path: string, options?: Options) => {
      remove(disk, path, options);
    },
    renameSync: (from: string, to: string) => {
      disk.rename(from, to);
    },
    createReadStream: async function* (path: string) {
      yield await Promise.resolve(readWhole(disk, path));
    },
  };
}

function asynchronous(disk: SimulatedDisk, sync: ReturnType<typeof synchronous>): Record<string, Call> {
  return {
    open: async (path: string, flags: string) => new Handle(disk, disk.open(path, flags)),
    readdir: async (path: string) => sync.readdirSync(path),
    mkdir: async (path: string, options?: Options) => sync.mkdirSync(path, options),
    rm: async (path: string, options?: Options) => {
      sync.rmSync(path, options);
    },
    rename: async (from: string, to: string) => {
      sync.renameSync(from, to);
    },
    stat: async (path: string) => sync.statSync(path),
  };
}

/** What the product uses of a `FileHandle`. */
class Handle {
  readonly #disk: SimulatedDisk;
  readonly #fd: number;
  #open = true;

  constructor(disk: SimulatedDisk, fd: number) {
    this.#disk = disk;
    this.#fd = fd;
  }

  async writeFile(part: string | Uint8Array): Promise<void> {
    const bytes = Buffer.from(part);
    for (let done = 0; done < bytes.length;) done += this.#disk.write(this.#fd, bytes.subarray(done), null);
  }

  async close(): Promise<void> {
    if (this.#open) this.#disk.close(this.#fd);
    this.#open = false;
  }
}

/** As Node's, which takes every error for an absence. */
function exists(disk: SimulatedDisk, path: string): boolean {
  try {
    disk.sizeOf(path);
    return true;
  } catch {
    return false;
  }
}

function readWhole(disk: SimulatedDisk, path: string): Buffer {
  const fd = disk.open(path, 'r');
  const parts: Buffer[] = [];
  for (let got = -1; got !== 0;) {
    const part = Buffer.alloc(1 << 12);
    got = disk.read(fd, part, null);
    parts.push(part.subarray(0, got));
  }
  disk.close(fd);
  return Buffer.concat(parts);
}

/** Returns the first folder that was made, if any. */
function makeFolder(disk: SimulatedDisk, path: string, options: Options): string | undefined {
  try {
    disk.makeFolder(path);
    return path;
  } catch (error) {
    if (!options?.recursive) throw error;
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return undefined;
    if (!isMissing(error)) throw error;
    const first = makeFolder(disk, dirname(path), options);
    disk.makeFolder(path);
    return first;
  }
}

function remove(disk: SimulatedDisk, path: string, { recursive = false, force = false }: Options = {}): void {
  try {
    if (recursive && disk.sizeOf(path) === undefined)
      for (const name of disk.list(path)) remove(disk, join(path, name), { recursive });
    disk.remove(path);
  } catch (error) {
    if (!force || !isMissing(error)) throw error;
  }
}

const isMissing = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'ENOENT';
