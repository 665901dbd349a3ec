/** `npm run licences`: writes docs/licences.md, the licences of everything that is installed to run. */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { productionPackages } from './packages.js';

export const LICENCES = 'docs/licences.md';

export function licencesText(): string {
  const byLicence = new Map<string, string[]>();
  for (const { name, version, license = 'none stated' } of productionPackages()) {
    if (!byLicence.has(license)) byLicence.set(license, []);
    byLicence.get(license)!.push(`${name} ${version}`);
  }
  const sections = [...byLicence]
    .sort(([, a], [, b]) => b.length - a.length)
    .map(([licence, packages]) => `## ${licence}\n\n${packages.map((one) => `- ${one}`).join('\n')}\n`);
  return `# Licences

Of the packages that are installed to run dexa, on any platform, as they state them; written by \`npm run licences\`.

${sections.join('\n')}`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(LICENCES, licencesText());
