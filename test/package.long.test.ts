/** The package as whoever installs it has it: packed, beside the packages that it depends on and no others. */
import { execFileSync, spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import tap, { test } from 'tap';

const PROGRAM = `
import { openRun, operator, pipeline, Predictor, RankingMetrics, type Operator } from 'dexa';
import { evaluate } from 'dexa/operators/evaluate';
import { readParquet } from 'dexa/operators/read-parquet';
import { retrieve } from 'dexa/operators/retrieve';
import { train } from 'dexa/pipelines/train';

const columns = { text: 'string', labels: 'int32[]' } as const;
const texts = readParquet({ columns, batch: 512 });
const run = openRun('runs/a');
const dedupe: Operator<string, string> = operator<string, string>('dedupe', async function* (rows) {
  for await (const row of rows) yield row.trim();
});
for await (const { metrics } of pipeline(['a.parquet'], dedupe, texts, (batches) => batches.filter(({ rows }) => rows > 0), retrieve({ run }), evaluate()).run())
  console.log(metrics['P@1']);
// @ts-expect-error labels are found before they are evaluated
pipeline(['a.parquet'], texts, evaluate(), retrieve({ run }));
// @ts-expect-error texts are read from paths
pipeline([1], texts);
const metrics: RankingMetrics = new RankingMetrics();
await using predictor = await Predictor.open('runs/a');
const [best] = await predictor.predict(['a'], { top: 5 });
export const label: number | undefined = best?.[0]?.label;
export { metrics, train };
`;

const OPTIONS = {
  compilerOptions: {
    module: 'nodenext',
    target: 'es2022',
    lib: ['es2022', 'esnext.disposable'],
    strict: true,
    skipLibCheck: false,
    types: [],
    noEmit: true,
  },
  files: ['program.ts'],
};

const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
const project = mkdtempSync(join(tmpdir(), 'dexa-package-'));
tap.teardown(() => {
  rmSync(project, { recursive: true });
});

/** Packs and unpacks it without the network, and links what `npm install --omit=dev` would install beside it. */
function install(): void {
  const modules = join(project, 'node_modules');
  mkdirSync(join(modules, 'dexa'), { recursive: true });
  execFileSync('npm', ['pack', '--silent', '--pack-destination', project]);
  execFileSync('tar', [
    '-xzf',
    join(project, `dexa-${version}.tgz`),
    '--strip-components=1',
    '-C',
    join(modules, 'dexa'),
  ]);
  const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8')) as {
    packages: Record<string, { dev?: boolean }>;
  };
  for (const [path, { dev }] of Object.entries(packages)) {
    if (dev || path.split('node_modules/').length !== 2 || !existsSync(path)) continue;
    mkdirSync(dirname(join(project, path)), { recursive: true });
    symlinkSync(resolve(path), join(project, path));
  }
  writeFileSync(join(project, 'package.json'), '{ "type": "module" }');
  writeFileSync(join(project, 'tsconfig.json'), JSON.stringify(OPTIONS));
  writeFileSync(join(project, 'program.ts'), PROGRAM);
}

install();

test('a right pipeline compiles, a wrong order does not, and declarations are checked', async (t) => {
  const { stdout, status } = spawnSync('node', ['node_modules/typescript/bin/tsc', '-p', project], {
    encoding: 'utf8',
  });
  t.same({ stdout, status }, { stdout: '', status: 0 });
});

test('it is imported, required, and run as a command', async (t) => {
  const run = (...args: string[]) => execFileSync('node', args, { cwd: project, encoding: 'utf8' }).trim();
  t.equal(
    run('--input-type=module', '-e', `import { pipeline } from 'dexa'; console.log(typeof pipeline)`),
    'function',
  );
  t.equal(
    run('--no-warnings', '--input-type=commonjs', '-e', `console.log(typeof require('dexa').pipeline)`),
    'function',
  );
  t.equal(run('node_modules/dexa/dist/src/command/dexa.js', '--version'), version);
});

test('workers, tests and sources are not to be imported', async (t) => {
  for (const path of ['dexa/operators/tokenize.worker', 'dexa/src/errors.js', 'dexa/test/tiny.js'])
    await t.rejects(
      async () => {
        execFileSync('node', ['--input-type=module', '-e', `import '${path}'`], {
          cwd: project,
          stdio: 'pipe',
        });
      },
      /ERR_PACKAGE_PATH_NOT_EXPORTED/,
      path,
    );
});
