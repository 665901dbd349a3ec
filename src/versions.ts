import { readFileSync } from 'node:fs';

/** Of package.json, which is this package's own. */
interface Package {
  version: string;
  dependencies: Record<string, string>;
}
const COMPUTING = ['@tensorflow/tfjs', 'onnxruntime-node', '@huggingface/transformers'];

/** Versions of dexa, Node and the numerical libraries: besides options and data, results depend on these. */
export function libraryVersions(): Record<string, string> {
  const path = new URL('../../package.json', import.meta.url); // relative to the built file
  const { version, dependencies } = JSON.parse(readFileSync(path, 'utf8')) as Package;
  const versions = COMPUTING.map((name) => [name, dependencies[name]!] as const);
  return { dexa: version, node: process.version, ...Object.fromEntries(versions) };
}
