import { join } from 'node:path';

/** What names its files relative to a folder, with their paths. */
export const within = <T extends { files: Readonly<Record<string, string>> }>(folder: string, spec: T) => ({
  ...spec,
  files: Object.fromEntries(Object.entries(spec.files).map(([use, file]) => [use, join(folder, file)])),
});
