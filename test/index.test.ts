import { spawnSync } from 'node:child_process';
import { test } from 'tap';

/** Packages that take long to load, engines among them: each is loaded where it is first needed. */
const HEAVY = [
  '@huggingface/transformers',
  '@tensorflow/tfjs',
  'hyparquet',
  'onnxruntime-node',
  'protobufjs',
  'usearch',
  'vega',
  'vega-lite',
];

const dataUrl = (code: string): string => `data:text/javascript,${encodeURIComponent(code)}`;

/** Prints the URL of each module that is loaded. */
const HOOKS = `
import { writeSync } from 'node:fs';
export async function load(url, context, next) {
  writeSync(2, url + '\\n');
  return next(url, context);
}`;
const REGISTER = `import { register } from 'node:module'; register(${JSON.stringify(dataUrl(HOOKS))});`;

/** The packages of which node, run with these arguments, imports a module. */
function importedBy(...args: string[]): Set<string> {
  const { stderr } = spawnSync(process.execPath, ['--import', dataUrl(REGISTER), ...args], {
    encoding: 'utf8',
  });
  const packages = stderr.matchAll(/\/node_modules\/((?:@[^/\n]+\/)?[^/\n]+)\//g);
  return new Set(Array.from(packages, ([, name]) => name!));
}

test('the package loads no engine, and its help no schema either', async (t) => {
  for (const args of [['dist/src/index.js'], ['dist/src/command/dexa.js', '--help']]) {
    const imported = importedBy(...args);
    t.ok(imported.size > 0, `${args.join(' ')} was watched`);
    t.same(
      HEAVY.filter((name) => imported.has(name)),
      [],
      args.join(' '),
    );
    if (args.length > 1) t.notOk(imported.has('zod'), 'the help needs no schema');
  }
});

test('the package exports what users compose, and nothing else', async (t) => {
  t.same(Object.keys(await import('../src/index.js')).sort(), [
    'DecileMetrics',
    'DivergedError',
    'Finished',
    'InputError',
    'Matrix',
    'OperatorError',
    'Pipeline',
    'Pool',
    'Predictor',
    'RankingMetrics',
    'Run',
    'chain',
    'concurrent',
    'decilesOf',
    'inversePropensity',
    'openDataset',
    'openRun',
    'operator',
    'pipeline',
    'pooled',
  ]);
});
