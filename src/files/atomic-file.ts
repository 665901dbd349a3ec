import { open, rename, rm, type FileHandle } from 'node:fs/promises';
import { InputError } from '../errors.js';

const temporary = (path: string): string => `${path}.tmp`;

/** Turns the failure of a write to `path` into an InputError. */
export const unwritable =
  (path: string) =>
  (cause: unknown): never => {
    throw new InputError(`${path}: cannot be written: ${(cause as Error).message}`, { cause });
  };

/** A file that is written under a temporary name and appears under its own, whole and synced, or not at all. */
export class AtomicFile implements AsyncDisposable {
  readonly #path: string;
  readonly #handle: FileHandle;
  #open = true;

  private constructor(path: string, handle: FileHandle) {
    this.#path = path;
    this.#handle = handle;
  }

  /** @throws InputError if nothing can be written there. */
  static async create(path: string): Promise<AtomicFile> {
    return new AtomicFile(path, await open(temporary(path), 'w').catch(unwritable(path)));
  }

  /** The temporary name, for a library that writes by name. */
  get partial(): string {
    return temporary(this.#path);
  }

  /** @throws InputError, as when the disk is full. */
  async write(part: string | Uint8Array): Promise<void> {
    await this.#handle.writeFile(part).catch(unwritable(this.#path));
  }

  /** Puts the file in its place. @throws InputError if that cannot be done. */
  async finish(): Promise<void> {
    await this.#handle.sync().catch(unwritable(this.#path));
    await this.#handle.close();
    await rename(temporary(this.#path), this.#path).catch(unwritable(this.#path));
    this.#open = false;
  }

  /** Without `finish`, leaves nothing behind. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#open) return;
    this.#open = false;
    await this.#handle.close(); // again, if it was the renaming that failed: that does nothing
    await rm(temporary(this.#path), { force: true });
  }
}
