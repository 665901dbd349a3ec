import { open, rename, rm, type FileHandle } from 'node:fs/promises';
import { InputError } from '../stream/errors.js';

const temporary = (path: string): string => `${path}.tmp`;

/** A file that is written under a temporary name and appears under its own, whole and synced, or not at all. */
export class AsideFile implements AsyncDisposable {
  readonly #path: string;
  readonly #handle: FileHandle;
  #open = true;

  private constructor(path: string, handle: FileHandle) {
    this.#path = path;
    this.#handle = handle;
  }

  /** @throws InputError if nothing can be written there. */
  static async create(path: string): Promise<AsideFile> {
    const handle = await open(temporary(path), 'w').catch((cause: unknown) => {
      throw new InputError(`${path}: cannot be written: ${(cause as Error).message}`, { cause });
    });
    return new AsideFile(path, handle);
  }

  async write(part: string | Uint8Array): Promise<void> {
    await this.#handle.writeFile(part);
  }

  /** Puts the file in its place. */
  async finish(): Promise<void> {
    await this.#handle.sync();
    this.#open = false;
    await this.#handle.close();
    await rename(temporary(this.#path), this.#path);
  }

  /** Without `finish`, leaves nothing behind. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#open) return;
    this.#open = false;
    await this.#handle.close();
    await rm(temporary(this.#path), { force: true });
  }
}
