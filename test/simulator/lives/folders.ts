/** Folders that appear at once, as of data sets and exports. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createFolder } from '../../../src/files/atomic-folder.js';
import { checkAtOpening, recordOf, type FileRecords } from '../../../src/files/file-record.js';
import { isThere } from '../../../src/files/is-there.js';
import { writeJson } from '../../../src/files/write-json.js';
import { writeColumn } from '../../../src/formats/npy.js';
import { hold, type MakeLife } from '../life.js';
import { ROOT } from '../simulated-disk.js';

/** So many folders are read again: those before them were read by an earlier process. */
const LAST = 12;

export const folderLife: MakeLife = (random) => {
  const written = new Map<string, FileRecords>();
  const acknowledged = new Set<string>();
  let next = 0;

  async function build(partial: string): Promise<FileRecords> {
    const below = join(partial, 'below');
    mkdirSync(below);
    writeColumn(join(partial, 'column.npy'), [new Int32Array(random.below(20)).fill(next)]);
    await writeJson(join(below, 'number.json'), next);
    const names = ['column.npy', 'below/number.json'];
    const records = await Promise.all(names.map((name) => recordOf(join(partial, name))));
    return Object.fromEntries(names.map((name, i) => [name, records[i]!]));
  }

  return {
    retries: true,
    async recover() {
      const all = [...written];
      for (const [i, [dir, records]] of all.entries()) {
        const there = isThere(dir);
        hold(there || !acknowledged.has(dir), () => `${dir} is gone`);
        if (there && i >= all.length - LAST) checkAtOpening(dir, records);
      }
    },
    async step() {
      const dir = join(ROOT, String(next++));
      await createFolder({ dir, what: 'a test' }, async (partial) => {
        written.set(dir, await build(partial));
      });
      return () => acknowledged.add(dir);
    },
  };
};
