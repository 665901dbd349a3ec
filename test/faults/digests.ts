import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Digests of all files of a folder, by name; times are left out. */
export function digests(folder: string, prefix = ''): Record<string, string> {
  const found: Record<string, string> = {};
  for (const name of readdirSync(folder).sort()) {
    if (name === 'digests.json') continue; // of the log, with its times
    const path = join(folder, name);
    if (statSync(path).isDirectory()) Object.assign(found, digests(path, `${prefix}${name}/`));
    else found[prefix + name] = createHash('sha256').update(contentOf(path)).digest('hex');
  }
  return found;
}

function contentOf(path: string): string | Buffer {
  if (!path.endsWith('.jsonl')) return readFileSync(path);
  return readFileSync(path, 'utf8').replaceAll(/"seconds":[\d.]+/g, '');
}
