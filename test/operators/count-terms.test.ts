import { test } from 'tap';
import { countTerms } from '../../operators/count-terms.js';
import { countDocuments } from '../../src/sparse/count-documents.js';
import { pipeline } from '../../src/index.js';
import { contract } from '../contract.js';

test('count-terms keeps the contract', async (t) => {
  await contract(t, {
    make: () => countTerms({ kinds: ['word'], threads: 1, ahead: 0 }),
    input: (i) => ({ columns: { text: [`text ${i}`] } }),
    ahead: 1,
  });
});

test('a thread counts the terms of a batch, each once per text', async (t) => {
  const text = ['to be or not to be', 'to do'];
  const { frequencies } = await pipeline(
    [{ columns: { text } }],
    countTerms({ kinds: ['word'], threads: 1 }),
  ).first();
  t.same(frequencies, countDocuments(text, new Set(['word'])));
  t.same([...frequencies.counts], [2, 1, 1, 1, 1]);
});
