/** Test files by the names of their sources, and what the compiler left behind of sources that are gone. */
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const LONG = '.long.test.ts';

export interface Selection {
  /** Parts of paths, of sources or of built files; default every test. Named tests run whether they are long or not. */
  names?: readonly string[];
  /** Long tests too, which go first. */
  all?: boolean;
}

/** Paths of sources below the project, such as `test/stream/pipeline.test.ts`. */
export function testFiles({ names = [], all = false }: Selection, tests = filesIn('test')): string[] {
  const parts = names.map((name) => name.replace(/^(\.\/)?(dist\/)?/, '').replace(/\.js$/, '.ts'));
  const found = tests
    .filter((file) => file.endsWith('.test.ts'))
    .filter((file) => parts.length > 0 || all || !file.endsWith(LONG))
    .filter((file) => parts.length === 0 || parts.some((part) => file.includes(part)))
    .sort();
  return found.sort((a, b) => Number(b.endsWith(LONG)) - Number(a.endsWith(LONG)));
}

export const builtFile = (source: string): string => join('dist', source.replace(/\.ts$/, '.js'));

/** Removes built files without a source: a test or worker that has moved must not run from where it was. */
export function pruneBuilt(): void {
  for (const file of filesIn('dist')) {
    const source = /^dist\/(.+?)(?:\.d\.ts|\.js|\.js\.map)$/.exec(file)?.[1];
    if (source !== undefined && !existsSync(`${source}.ts`)) rmSync(file);
  }
}

function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}
