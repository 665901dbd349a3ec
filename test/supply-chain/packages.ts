import { readFileSync } from 'node:fs';
import * as z from 'zod';

const Locked = z.object({
  version: z.string().optional(),
  resolved: z.string().optional(),
  integrity: z.string().optional(),
  license: z.string().optional(),
  dev: z.boolean().default(false),
  hasInstallScript: z.boolean().default(false),
});
const Lockfile = z.object({ lockfileVersion: z.literal(3), packages: z.record(z.string(), Locked) });

export interface Package extends z.output<typeof Locked> {
  name: string;
}

/** What `npm ci --omit=dev` may install, on any platform, by name and version. */
export function productionPackages(): Package[] {
  const { packages } = Lockfile.parse(JSON.parse(readFileSync('package-lock.json', 'utf8')));
  const all = Object.entries(packages)
    .filter(([path, { dev }]) => path !== '' && !dev)
    .map(([path, locked]) => ({ ...locked, name: path.slice(path.lastIndexOf('node_modules/') + 13) }));
  const once = new Map(all.map((one) => [`${one.name} ${one.version}`, one]));
  return [...once.values()].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
}

const keyOf = ({ name, version }: Package): string => `${name} ${version}`;
