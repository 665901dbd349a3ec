import { readFileSync } from 'node:fs';
import { test } from 'tap';
import { LICENCES, licencesText } from './licences.js';
import { productionPackages } from './packages.js';

/** What may be linked to from code under MIT. */
const ALLOWED = new Set([
  'MIT',
  'ISC',
  '0BSD',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'Apache-2.0',
  'Apache 2.0',
  'CC0-1.0',
  'Unlicense',
  'LGPL-3.0-or-later', // a library of its own file, which sharp loads
]);

const REGISTRY = 'https://registry.npmjs.org/';

const partsOf = (licence: string): string[] => licence.replace(/[()]/g, '').split(/ AND | OR /);

test('versions are exact, and what is installed is what was locked', async (t) => {
  const { dependencies, devDependencies } = JSON.parse(readFileSync('package.json', 'utf8')) as Record<
    'dependencies' | 'devDependencies',
    Record<string, string>
  >;
  for (const [name, version] of Object.entries({ ...dependencies, ...devDependencies }))
    t.match(version, /^\d+\.\d+\.\d+(-[\w.]+)?$/, name);
  for (const { name, resolved, integrity } of productionPackages()) {
    t.match(resolved ?? REGISTRY, new RegExp(`^${REGISTRY}`), name); // none: whatever registry npm is told of
    t.match(integrity, /^sha512-/, name);
  }
});

test('no package runs a script when it is installed', async (t) => {
  t.match(readFileSync('.npmrc', 'utf8'), /^ignore-scripts=true$/m);
  const scripts = productionPackages()
    .filter(({ hasInstallScript }) => hasInstallScript)
    .map(({ name }) => name);
  // All of them work as they are unpacked: the first prints a request, two fetch or build what is there already.
  t.same(scripts, ['core-js', 'onnxruntime-node', 'protobufjs', 'usearch']);
});

test('every licence is known and listed', async (t) => {
  for (const { name, license } of productionPackages())
    t.ok(license !== undefined && partsOf(license).every((part) => ALLOWED.has(part)), `${name}: ${license}`);
  t.equal(readFileSync(LICENCES, 'utf8'), licencesText());
});
