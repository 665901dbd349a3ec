import { test } from 'tap';
import { chain, operator, pipeline, type Operator, type Pipeline } from '../../src/index.js';
import { collect } from '../collect.js';

const count = operator<string, { length: number; text: string }>('count', async function* (texts) {
  for await (const text of texts) yield { length: text.length, text };
});
/** Generic, as most operators are: adds a field and keeps the others. */
const add = <T extends { length: number }, F extends string>(field: F): Operator<T, T & Record<F, number>> =>
  operator<T, T & Record<F, number>>('add', async function* (rows) {
    for await (const row of rows) yield { ...row, [field]: row.length } as T & Record<F, number>;
  });
const next = operator<number, number>('next', async function* (numbers) {
  for await (const number of numbers) yield number + 1;
});
const print = operator<number, string>('print', async function* (numbers) {
  for await (const number of numbers) yield String(number);
});

test('any number of operators chain in order', async (t) => {
  const long = chain(next, next, next, next, next, next, next, next, next, next, next, next, print);
  t.equal(long.operator, [...Array<string>(12).fill('next'), 'print'].join(' | '));
  t.same(await collect(pipeline([0, 5], long).run()), ['12', '17']);
  t.same(await collect(pipeline([0], chain(...Array<typeof next>(3).fill(next))).run()), [3]);
  t.same(
    await collect(
      pipeline([0], next, next, next, next, next, next, next, next, next, next, next, print).run(),
    ),
    ['11'],
  );
});

test('generic operators keep the fields of those before them', async (t) => {
  const fields = chain(count, add('a'), add('b'), add('c'), add('d'), add('e'), add('f'));
  const typed: Operator<string, { text: string; length: number } & Record<Letters, number>> = fields;
  const piped: Pipeline<{ text: string; f: number }> = pipeline(['xy'], count, add('a'), add('b'), add('f'));
  t.same(await pipeline(['xy'], typed).first(), {
    text: 'xy',
    length: 2,
    a: 2,
    b: 2,
    c: 2,
    d: 2,
    e: 2,
    f: 2,
  });
  t.equal((await piped.first()).f, 2);
});
type Letters = 'a' | 'b' | 'c' | 'd' | 'e' | 'f';

test('an operator that does not take what the one before gives is a compile error, at any place', (t) => {
  // @ts-expect-error -- takes texts
  chain(print, next);
  // @ts-expect-error -- lacks `length`
  chain(next, add('a'));
  // @ts-expect-error -- at the eighth place
  chain(next, next, next, next, next, next, print, next);
  // @ts-expect-error -- beyond it
  chain(next, next, next, next, next, next, next, next, next, next, next, print, next);
  // @ts-expect-error -- the source
  pipeline(['a'], next);
  // @ts-expect-error -- in the middle
  pipeline([1], print, print, next);
  // @ts-expect-error -- beyond the eighth place
  pipeline([1], next, next, next, next, next, next, next, next, next, next, print, next);
  t.end();
});
