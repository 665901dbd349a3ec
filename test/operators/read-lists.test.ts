import { join } from 'node:path';
import { test } from 'tap';
import { readLists } from '../../operators/read-lists.js';
import { pipeline } from '../../src/index.js';
import { RaggedWriter } from '../../src/store/ragged.js';
import { listAt, toLists } from '../../src/formats/lists.js';
import { collect } from '../collect.js';
import { contract } from '../contract.js';

function store(base: string, rows: number[][]): string {
  using writer = new RaggedWriter(base);
  writer.append(toLists(rows));
  writer.finish();
  return base;
}

test('read-lists keeps the contract', async (t) => {
  const base = store(join(t.testdir(), 'tokens'), [[1], [2, 3]]);
  await contract(t, {
    make: () => readLists(),
    input: () => base,
    ahead: 1,
    bad: { item: 'missing', message: /read-lists failed at item 1: missing.offsets.npy: cannot be opened/ },
  });
});

test('stores are read one after the other, in batches with their first row', async (t) => {
  const dir = t.testdir();
  const bases = [
    store(join(dir, 'a'), [[1], [], [2, 3], [], [4]]),
    store(join(dir, 'none'), []),
    store(join(dir, 'b'), [[5, 6]]),
  ];
  const batches = await collect(pipeline(bases, readLists({ batch: 2 })).run());
  t.same(batches, [
    { start: 0, tokens: toLists([[1], []]) },
    { start: 2, tokens: toLists([[2, 3], []]) },
    { start: 4, tokens: toLists([[4]]) },
    { start: 0, tokens: toLists([[5, 6]]) },
  ]);
});

test('a batch belongs to its consumer', async (t) => {
  const base = store(join(t.testdir(), 'tokens'), [[1], [2], [3]]);
  const batches = await collect(pipeline([base], readLists({ batch: 1 })).run());
  batches[0]!.tokens.values.fill(9);
  t.same([...listAt(batches[1]!.tokens, 0)], [2]);
  t.throws(() => readLists({ batch: 1.5 }), /batch: expected at least 1, got 1.5/);
});
