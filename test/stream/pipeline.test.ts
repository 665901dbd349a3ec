import _ from 'highland';
import { test } from 'tap';
import { chain, concurrent, operator, OperatorError, pipeline, pooled } from '../../src/index.js';
import { inputError } from '../../src/errors.js';
import { collect } from '../collect.js';
import { contract } from '../contract.js';

const double = () =>
  operator<number, number>('double', async function* (xs) {
    for await (const x of xs) yield 2 * x;
  });
const numbers = (n: number) => Array.from({ length: n }, (_x, i) => i);

test('an operator keeps the contract', async (t) => {
  await contract(t, { make: double, input: (i) => i, ahead: 1 });
});

test('a chain of operators keeps the contract', async (t) => {
  await contract(t, { make: () => chain(double(), double()), input: (i) => i, ahead: 2 });
  t.same(await collect(pipeline([1, 2], chain(double(), double())).run()), [4, 8]);
});

test('concurrent work keeps the contract and the order', async (t) => {
  const work = async (x: number): Promise<number> => {
    if (x < 0) throw new RangeError(`x: expected at least 0, got ${x}`);
    return x;
  };
  const make = () => concurrent('work', work, { window: 3 });
  await contract(t, {
    make,
    input: (i) => i,
    ahead: 4,
    bad: { item: -1, message: /work failed at item 1: x: expected/ },
  });
  const slowFirst = concurrent('slow', (x: number) => new Promise<number>((r) => setTimeout(r, 10 - x, x)), {
    window: 4,
  });
  t.same(await collect(pipeline(numbers(8), slowFirst).run()), numbers(8));
});

test('a result is yielded when it is ready, though no input follows', async (t) => {
  let release = (): void => undefined;
  const answered = new Promise<void>((resolve) => (release = resolve));
  async function* questions() {
    yield 1;
    await answered; // like a user who waits for an answer before typing the next line
    yield 2;
  }
  const answer = concurrent('answer', async (x: number) => 10 * x, { window: 4 });
  const answers: number[] = [];
  for await (const x of pipeline(questions(), answer).run()) {
    answers.push(x);
    release();
  }
  t.same(answers, [10, 20]);
});

test('work in threads keeps the contract', async (t) => {
  const make = () =>
    pooled<number, number>('square', {
      worker: new URL('./square.worker.js', import.meta.url),
      threads: 1,
      ahead: 1,
    });
  await contract(t, {
    make,
    input: (i) => i,
    ahead: 3,
    bad: { item: -1, message: /square failed at item 1: negative/ },
  });
  t.same(await collect(pipeline([1, 2, 3], make()).run()), [1, 4, 9]);
});

test('an InputError thrown in a thread is still an InputError', async (t) => {
  const worker = new URL('./square.worker.js', import.meta.url);
  const error: unknown = await pipeline([1.5], pooled<number, number>('square', { worker, threads: 1 }))
    .drain()
    .catch((e: unknown) => e);
  t.match(error, { name: 'OperatorError', cause: { name: 'TypeError', message: 'in vain' } });
  t.match(inputError(error), { name: 'InputError', code: 'ERR_INPUT', message: 'not an integer: 1.5' });
});

for (const { task, patience, message } of [
  { task: 'fail', patience: 20_000, message: /^faulty failed at item \d: out of hand$/ },
  {
    task: 'hang',
    patience: 5000, // is waited for, with the start of the threads in it
    message: /^faulty failed at item \d: faulty.worker.js: no answer for 5 s$/,
  },
])
  test(`a thread told to ${task} fails its item, and the pipeline ends`, async (t) => {
    const worker = new URL('./faulty.worker.js', import.meta.url);
    const faulty = pooled<string, string>('faulty', { worker, threads: 2, patience });
    const results = pipeline(['answer', 'answer', task, 'answer'], faulty).run();
    t.same(await results.next(), { done: false, value: 'answer' });
    t.same(await results.next(), { done: false, value: 'answer' });
    await t.rejects(results.next(), { message });
  });

test('plain Highland functions work between operators', async (t) => {
  const odd = (s: Highland.Stream<number>) => s.filter((x) => x % 2 === 1);
  t.same(await collect(pipeline(numbers(6), odd, double()).run()), [2, 6, 10]);
  t.same(await _([1, 2]).through(double()).collect().toPromise(Promise), [2, 4]);
});

test('an error names the operator that failed, whatever operators follow it', async (t) => {
  const fail = operator<number, number>('train', async function* (xs) {
    for await (const x of xs) {
      if (x === 2) throw new Error('loss is NaN');
      yield x;
    }
  });
  const error: unknown = await pipeline(numbers(9), double(), fail, double())
    .drain()
    .catch((e: unknown) => e);
  t.type(error, OperatorError);
  t.equal((error as Error).message, 'train failed at item 2: loss is NaN');
});

test('progress is reported under the operator’s name', async (t) => {
  const seen: [string, number][] = [];
  const report = operator<number, number>('report', async function* (xs, { progress }) {
    for await (const x of xs) {
      progress(1);
      yield x;
    }
  });
  await pipeline(numbers(2), report).drain({ onProgress: (name, items) => seen.push([name, items]) });
  t.same(seen, [
    ['report', 1],
    ['report', 1],
  ]);
});

test('a signal that is already aborted runs nothing', async (t) => {
  const signal = AbortSignal.abort(new Error('too late'));
  await t.rejects(pipeline(numbers(2), double()).drain({ signal }), /too late/);
});
