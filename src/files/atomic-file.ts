import { open, rm, type FileHandle } from 'node:fs/promises';
import { InputError } from '../errors.js';
import { renameSynced } from './sync.js';

const temporary = (path: string): string => `${path}.tmp`;

/** Turns a failed write to `path` into an InputError. */
export const unwritable =
  (path: string) =>
  (cause: unknown): never => {
    throw new InputError(`${path}: cannot be written: ${(cause as Error).message}`, { cause });
  };

/** A file written under a temporary name. It appears under its own name complete and synced, or not at all. */
export class AtomicFile implements AsyncDisposable {
  readonly #path: string;
  readonly #handle: FileHandle;
  #open = true;

  private constructor(path: string, handle: FileHandle) {
    this.#path = path;
    this.#handle = handle;
  }

  /** @throws InputError if the file cannot be created. */
  static async create(path: string): Promise<AtomicFile> {
    return new AtomicFile(path, await open(temporary(path), 'w').catch(unwritable(path)));
  }

  /** The temporary path, for a library that takes a path. */
  get partial(): string {
    return temporary(this.#path);
  }

  /** @throws InputError if the write fails, as when the disk is full. */
  async write(part: string | Uint8Array): Promise<void> {
    await this.#handle.writeFile(part).catch(unwritable(this.#path));
  }

  /** Syncs the file, renames it to its own name and syncs its folder. @throws InputError if either fails. */
  async finish(): Promise<void> {
    await this.#handle.close();
    await renameSynced(temporary(this.#path), this.#path).catch(unwritable(this.#path));
    this.#open = false;
  }

  /** Removes the temporary file unless `finish` succeeded. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#open) return;
    this.#open = false;
    await this.#handle.close(); // a no-op if `finish` failed only in its rename
    await rm(temporary(this.#path), { force: true });
  }
}
