import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'tap';

/** Another operator, chosen by the name of a file. */
const OTHERS = ['read-table'];

const tests = readdirSync('test', { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.test.ts'))
  .map((name) => readFileSync(join('test', name), 'utf8'))
  .filter((source) => source.includes('contract('));

void test('every operator keeps the contract in some test', (t) => {
  const operators = readdirSync('operators')
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.worker.ts'))
    .map((name) => name.replace('.ts', ''));
  t.ok(operators.length > 20);
  for (const name of operators)
    t.ok(OTHERS.includes(name) || tests.some((source) => source.includes(`/operators/${name}.js'`)), name);
  t.end();
});
