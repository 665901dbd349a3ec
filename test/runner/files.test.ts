import { existsSync, writeFileSync } from 'node:fs';
import { test } from 'tap';
import { pruneBuilt, testFiles } from './files.js';
import { readTap } from './run-tests.js';

const tests = ['test/a/one.test.ts', 'test/a/two.long.test.ts', 'test/b/three.test.ts', 'test/tiny.ts'];

test('quick tests run by default, long ones too and first if all are asked for', async (t) => {
  t.same(testFiles({}, tests), ['test/a/one.test.ts', 'test/b/three.test.ts']);
  t.same(testFiles({ all: true }, tests), [tests[1], tests[0], tests[2]]);
});

test('a name is part of a path, of the source or of the built file', async (t) => {
  t.same(testFiles({ names: ['test/a/one.test.ts'] }, tests), [tests[0]]);
  t.same(testFiles({ names: ['./dist/test/a/one.test.js'] }, tests), [tests[0]]);
  t.same(testFiles({ names: ['test/a/', 'three'] }, tests), [tests[1], tests[0], tests[2]]);
});

test('what was built of a source that is gone is removed', async (t) => {
  const gone = ['dist/test/gone.test.js', 'dist/test/gone.test.d.ts', 'dist/test/gone.test.js.map'];
  for (const file of gone) writeFileSync(file, '');
  pruneBuilt();
  t.notOk(gone.some((file) => existsSync(file)));
  t.ok(existsSync('dist/test/runner/files.test.js'));
});

test('tests are counted by file, and what passed is not shown', async (t) => {
  const { passed, failed, rest } = readTap(
    '# Subtest: a\n    ok 1 - x\n    1..1\nok 1 - a\n\n# Subtest: b\n    not ok 1 - y\n      ---\nnot ok 2 - b\n1..2\n',
  );
  t.same({ passed, failed }, { passed: 1, failed: 1 });
  t.equal(rest, '    not ok 1 - y\n      ---\nnot ok 2 - b');
});
