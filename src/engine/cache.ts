import type { Session } from './session.js';
import { checkInteger } from '../errors.js';

export interface SessionCacheOptions {
  /** Maximum number of sessions kept; the least recently used is dropped first. Default 16. */
  capacity?: number;
}

/**
 * Sessions by key (see `signatureKey`), created on first use. Owns them: disposes each one it drops and, at its own
 * disposal, the rest. Disposal waits for runs in progress, but a dropped session accepts no new run: `get` it for each run.
 */
export class SessionCache implements AsyncDisposable {
  readonly #capacity: number;
  readonly #sessions = new Map<string, Promise<Session>>(); // least recently used first
  readonly #dropped = new Set<Promise<void>>();
  #compiled = 0;
  #closed = false;

  constructor({ capacity = 16 }: SessionCacheOptions = {}) {
    checkInteger('capacity', capacity);
    this.#capacity = capacity;
  }

  /** Sessions created so far. */
  get compiled(): number {
    return this.#compiled;
  }

  get size(): number {
    return this.#sessions.size;
  }

  /** One session per key, even for concurrent calls. A failure of `make` is not cached. */
  async get(key: string, make: () => Promise<Session>): Promise<Session> {
    if (this.#closed) throw new RangeError('session cache: get after it was disposed');
    const session = this.#sessions.get(key) ?? this.#make(key, make);
    this.#sessions.delete(key);
    this.#sessions.set(key, session);
    for (const [oldest, old] of this.#sessions) {
      if (this.#sessions.size <= this.#capacity) break;
      this.#sessions.delete(oldest);
      this.#drop(old);
    }
    return session;
  }

  #make(key: string, make: () => Promise<Session>): Promise<Session> {
    this.#compiled++;
    const session = make();
    session.catch(() => {
      if (this.#sessions.get(key) === session) this.#sessions.delete(key);
    });
    return session;
  }

  #drop(session: Promise<Session>): void {
    const done = session.then(
      (opened) => opened[Symbol.asyncDispose](),
      () => undefined, // never opened: the caller of `get` has the error
    );
    const settled = done.finally(() => this.#dropped.delete(settled));
    this.#dropped.add(settled);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    for (const session of this.#sessions.values()) this.#drop(session);
    this.#sessions.clear();
    await Promise.all(this.#dropped);
  }
}
