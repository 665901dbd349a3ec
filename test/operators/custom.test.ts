import { readFileSync } from 'node:fs';
import { test } from 'tap';
import { operator, pipeline } from '../../src/index.js';
import { collect } from '../collect.js';
import { contract } from '../contract.js';

// As in operators/README.md.
const dedupe = <T>(key: (row: T) => string) =>
  operator<T, T>('dedupe', async function* (rows) {
    const seen = new Set<string>();
    for await (const row of rows) if (!seen.has(key(row))) yield (seen.add(key(row)), row);
  });

test('the operator of the README keeps the contract', async (t) => {
  await contract(t, { make: () => dedupe<number>(String), input: (i) => i, ahead: 1 });
});

test('it runs in a pipeline with other operators and plain Highland functions', async (t) => {
  const lower = operator<string, string>('lower', async function* (words) {
    for await (const word of words) yield word.toLowerCase();
  });
  const long = (words: Highland.Stream<string>) => words.filter((word) => word.length > 1);
  const words = ['River', 'river', 'a', 'Sea'];
  t.same(
    await collect(
      pipeline(
        words,
        lower,
        dedupe((word) => word),
        long,
      ).run(),
    ),
    ['river', 'sea'],
  );
});

test('the README shows this very code', async (t) => {
  const own = readFileSync('test/operators/custom.test.ts', 'utf8');
  const [shown = ''] =
    /operator<T, T>\('dedupe'[\s\S]*?\n {2}\}\);/.exec(readFileSync('operators/README.md', 'utf8')) ?? [];
  t.ok(shown && own.includes(shown));
});
