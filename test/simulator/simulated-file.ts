/** A file with what reads see, what is on the platter, and the writes in between. */
import type { Random } from '../../src/random.js';

/** Bytes that reach the platter whole or not at all; far fewer than a real disk's, so that small files are torn too. */
const SECTOR = 16;

type Change = { size: number } | { at: number; bytes: Uint8Array };

export class SimulatedFile {
  content = new Uint8Array();
  #platter = new Uint8Array();
  #pending: Change[] = [];

  write(at: number, bytes: Uint8Array): void {
    this.#change({ at, bytes: bytes.slice() });
  }

  resize(size: number): void {
    this.#change({ size });
  }

  sync(): void {
    this.#platter = this.#pending.reduce(changed, this.#platter);
    this.#pending = [];
  }

  /** As Linux does: what could not be written counts as written from then on, and a second sync does not repeat it. */
  failSync(random: Random): void {
    this.#platter = arrived(this.#pending, random).reduce(changed, this.#platter);
    this.#pending = [];
  }

  losePower(random: Random): void {
    this.failSync(random);
    this.content = this.#platter;
  }

  #change(change: Change): void {
    this.content = changed(this.content, change);
    this.#pending.push(change);
  }
}

/** Never changes a buffer in place: content and platter may share one. */
function changed(before: Uint8Array<ArrayBuffer>, change: Change): Uint8Array<ArrayBuffer> {
  const size = 'size' in change ? change.size : Math.max(before.length, change.at + change.bytes.length);
  const after = new Uint8Array(size);
  after.set(before.subarray(0, size));
  if ('bytes' in change) after.set(change.bytes, change.at);
  return after;
}

/** The part of some changes that reaches the platter before the power fails: any sectors, whatever their order. */
function arrived(changes: readonly Change[], random: Random): Change[] {
  const share = [0, 0.5, 0.9, 1][random.below(4)]!;
  return changes.flatMap(sectorsOf).filter(() => random.next() < share);
}

function sectorsOf(change: Change): Change[] {
  if ('size' in change) return [change];
  const { at, bytes } = change;
  const sectors: Change[] = [];
  for (let from = 0; from < bytes.length;) {
    const to = Math.min(bytes.length, from + SECTOR - ((at + from) % SECTOR));
    sectors.push({ at: at + from, bytes: bytes.subarray(from, to) });
    from = to;
  }
  return sectors;
}
