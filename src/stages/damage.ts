/** Which stages of a resumed run must be repeated, because of what happened to their files. */
import type { Watch } from '../stream/progress.js';
import type { Manifest } from './manifest.js';
import { firstDamage } from './outputs.js';

/**
 * Planned stages whose outputs are not what was written are not done any more, and so are those whose outputs they read if
 * these were removed as no longer needed.
 */
export async function forgetDamaged(
  run: string,
  { stages, planned }: { stages: Manifest['stages']; planned: readonly string[] },
  { note }: Watch,
): Promise<void> {
  for (const name of planned) {
    const record = stages[name]!;
    const damage = record.outputs && (await firstDamage(run, record.outputs));
    if (damage === undefined) continue;
    note?.(`${damage}; repeating: ${name}`);
    delete record.outputs;
  }
  const forgetRemoved = (reader: string): void => {
    for (const name of Object.values(stages[reader]!.inputs)) {
      const record = Object.hasOwn(stages, name) ? stages[name] : undefined;
      if (!record?.outputs || Object.keys(record.outputs).length > 0) continue;
      note?.(`${name}: removed meanwhile; repeating it for: ${reader}`);
      delete record.outputs;
      forgetRemoved(name);
    }
  };
  for (const name of planned) if (!stages[name]!.outputs) forgetRemoved(name);
}
