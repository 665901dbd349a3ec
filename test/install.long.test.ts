/** The packed package installed as a dependency is: with its install scripts allowed, without the checkout's .npmrc, offline. */
import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import tap, { test } from 'tap';

const dir = mkdtempSync(join(tmpdir(), 'dexa-install-'));
tap.teardown(() => {
  rmSync(dir, { recursive: true });
});

test('it installs from the cache of the registry, as the README says, and runs', async (t) => {
  const [archive] = execFileSync('npm', ['pack', '--silent', '--pack-destination', dir], { encoding: 'utf8' })
    .trim()
    .split('\n')
    .slice(-1);
  execFileSync('tar', ['-xzf', join(dir, archive!), '-C', dir]);
  const cwd = join(dir, 'package');
  copyFileSync('package-lock.json', join(cwd, 'package-lock.json')); // the versions that the cache has
  const install = (from: '--offline' | '--prefer-offline') =>
    spawnSync('npm', ['ci', from, '--omit=dev', '--no-audit', '--no-fund'], {
      cwd,
      encoding: 'utf8',
      env: { ...process.env, ONNXRUNTIME_NODE_INSTALL: 'skip', npm_config_ignore_scripts: 'false' },
    });
  let { status, stderr } = install('--offline');
  if (/ENOTCACHED/.test(stderr)) {
    install('--prefer-offline'); // which fills the cache
    ({ status, stderr } = install('--offline'));
  }
  t.equal(status, 0, stderr);
  const code = `
    const ort = await import('onnxruntime-node');
    const { pipeline } = await import('./dist/src/index.js');
    console.log(typeof ort.InferenceSession.create, typeof pipeline);
  `;
  const printed = execFileSync('node', ['--input-type=module', '-e', code], { cwd, encoding: 'utf8' });
  t.match(printed, /function function\n$/);
  t.match(execFileSync('node', ['dist/src/command/dexa.js', '--help'], { cwd, encoding: 'utf8' }), /verify/);
});
