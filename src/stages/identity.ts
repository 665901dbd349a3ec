/** What a stage's outputs depend on, as recorded in the manifest. */
import { createHash } from 'node:crypto';
import type { StageRecord } from './manifest.js';
import type { Inputs, Paths, Stage } from './stage.js';

/** Knows which stage wrote which path. */
export class Identities {
  readonly #producers = new Map<string, { stage: string; identity: string }>();

  /** The record of a stage that has not run yet. */
  recordOf({ name, options }: Pick<Stage<never, Paths>, 'name' | 'options'>, inputs: Inputs): StageRecord {
    const given = Object.entries(inputs).flatMap(([key, value]) => {
      if (value === undefined) return [];
      const own = typeof value === 'string' ? value : value.fingerprint;
      return [{ key, ...(this.#producers.get(own) ?? { stage: own, identity: own }) }];
    });
    const identified = given.map(({ key, identity }) => [key, identity]);
    const stored = JSON.parse(JSON.stringify(options)) as StageRecord['options'];
    const identity = createHash('sha256')
      .update(JSON.stringify([name, stored, identified]))
      .digest('hex');
    return {
      options: stored,
      inputs: Object.fromEntries(given.map(({ key, stage }) => [key, stage])),
      identity,
    };
  }

  made(stage: string, identity: string, outputs: Paths): void {
    for (const path of Object.values(outputs)) this.#producers.set(path, { stage, identity });
  }
}
