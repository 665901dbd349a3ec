/** A folder with the names that processes see, the names on the platter, and the changes in between. */
import type { Random } from '../../src/random.js';
import type { SimulatedFile } from './simulated-file.js';

export type Entry = SimulatedFile | SimulatedFolder;

/** A name that an entry gets, or loses, or both: a rename is never half done. */
interface Change {
  entry: Entry;
  from?: string;
  to?: string;
}

export class SimulatedFolder {
  entries: ReadonlyMap<string, Entry> = new Map();
  #platter: ReadonlyMap<string, Entry> = new Map();
  #pending: Change[] = [];

  change(change: Change): void {
    this.entries = changed(this.entries, change);
    this.#pending.push(change);
  }

  sync(): void {
    this.#platter = this.#pending.reduce(changed, this.#platter);
    this.#pending = [];
  }

  /** Of one entry's changes the first ones arrive, of different entries any: no standard promises more. */
  losePower(random: Random): void {
    const share = [0, 0.5, 1][random.below(3)]!;
    const late = new Set<Entry>();
    for (const change of this.#pending)
      if (late.has(change.entry) || random.next() >= share) late.add(change.entry);
      else this.#platter = changed(this.#platter, change);
    this.#pending = [];
    this.entries = this.#platter;
    for (const entry of this.entries.values()) entry.losePower(random);
  }
}

function changed(before: ReadonlyMap<string, Entry>, { entry, from, to }: Change): Map<string, Entry> {
  const after = new Map(before);
  if (from !== undefined && after.get(from) === entry) after.delete(from);
  if (to !== undefined) after.set(to, entry);
  return after;
}
