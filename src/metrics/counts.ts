const SHARD = 4096;

/** Counts by id, without a bound on ids: memory grows with the number of ids seen, not with the largest. */
export class Counts {
  readonly #shards = new Map<number, Int32Array>();

  add(id: number): void {
    const key = Math.floor(id / SHARD);
    let shard = this.#shards.get(key);
    if (!shard) this.#shards.set(key, (shard = new Int32Array(SHARD)));
    shard[id % SHARD]!++;
  }

  of(id: number): number {
    return this.#shards.get(Math.floor(id / SHARD))?.[id % SHARD] ?? 0;
  }
}
