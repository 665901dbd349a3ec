import { copyFileSync, fstatSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type Test } from 'tap';
import { buildIndex } from '../../operators/build-index.js';
import { search } from '../../operators/search.js';
import { pipeline } from '../../src/index.js';
import { Random } from '../../src/random.js';
import { AnnSearch } from '../../src/search/ann.js';
import { indexFor } from '../../src/search/choose.js';
import { ExactSearch } from '../../src/search/exact.js';
import { rankedAt } from '../../src/search/found.js';
import { digestNow } from '../../src/files/file-record.js';
import { sealed } from '../../src/files/seal.js';
import { descriptionOf } from '../../src/search/index-file.js';
import { Matrix } from '../../src/formats/npy.js';
import { toLists } from '../../src/formats/lists.js';
import { contract } from '../contract.js';
import { refusal } from '../refusal.js';

const [LABELS, DIM] = [3000, 16];

/** Unit vectors around 50 directions, like label embeddings. */
function clustered(count: number, seed: number): Float32Array {
  const [centres, random] = [new Random(1), new Random(seed)];
  const centre = Float32Array.from({ length: 50 * DIM }, () => centres.next() - 0.5);
  const rows = new Float32Array(count * DIM);
  for (let row = 0; row < count; row++) {
    const own = random.below(50);
    const vector = Array.from(
      { length: DIM },
      (_x, i) => centre[own * DIM + i]! + 0.4 * (random.next() - 0.5),
    );
    rows.set(vector.map((x) => x / Math.hypot(...vector)), row * DIM); // prettier-ignore
  }
  return rows;
}

async function prepare(dir: string, { rows = clustered(LABELS, 2), name = 'labels' } = {}) {
  const [labels, index] = [join(dir, `${name}.npy`), join(dir, `${name}.usearch`)];
  using matrix = Matrix.create(labels, { dtype: 'float32', cols: DIM });
  matrix.append(rows);
  matrix.finish();
  const options = { precision: 'f32', connectivity: 16, expansionAdd: 64, expansionSearch: 128 } as const;
  await pipeline([labels], buildIndex({ path: index, ...options, threads: 1 })).drain();
  return { labels, index };
}

test('search by index keeps the contract', async (t) => {
  const files = await prepare(t.testdir(), { rows: clustered(30, 2) });
  await contract(t, {
    make: () => search<{ embeddings: Float32Array }>({ ...files, k: 3, threads: 1, ahead: 0 }),
    input: () => ({ embeddings: clustered(2, 3) }),
    ahead: 1,
    bad: {
      item: { embeddings: Float32Array.of(1, 2, 3) },
      message: /expected queries of 16 values, got 3 values/,
    },
  });
});

test('finds nearly all of what an exact search finds, with the same scores', async (t) => {
  const files = await prepare(t.testdir());
  await using ann = new AnnSearch({ ...files, threads: 2 });
  await using exact = new ExactSearch({ labels: files.labels, threads: 1 });
  const queries = clustered(50, 3);
  const [some, all] = [await ann.search(queries, 20), await exact.search(queries, 20)];
  let hits = 0;
  for (let text = 0; text < 50; text++) {
    const best = new Set(rankedAt(all, text));
    hits += rankedAt(some, text).filter((id) => best.has(id)).length;
    for (let rank = 1; rank < 20; rank++)
      t.ok(some.scores[text * 20 + rank]! <= some.scores[text * 20 + rank - 1]!, 'best first');
  }
  t.ok(hits / 1000 > 0.95, `recall ${hits / 1000}`);
  t.ok(Math.abs(some.scores[0]! - all.scores[0]!) < 1e-5);
});

test('excluded labels are never found, others are found in their place', async (t) => {
  const files = await prepare(t.testdir());
  await using ann = new AnnSearch({ ...files, threads: 1 });
  const queries = clustered(2, 3);
  const whole = await ann.search(queries, 10);
  const hidden = [...rankedAt(whole, 0).subarray(0, 4)];
  const rest = await ann.search(queries, 6, toLists([hidden, []]));
  t.same([...rankedAt(rest, 0)], [...rankedAt(whole, 0).subarray(4)]);
  t.same([...rankedAt(rest, 1)], [...rankedAt(whole, 1).subarray(0, 6)]);
});

test('a query of zeros finds nothing, and a vector of zeros is never found', async (t) => {
  const rows = clustered(30, 2);
  rows.fill(0, 3 * DIM, 5 * DIM);
  const files = await prepare(t.testdir(), { rows });
  await using ann = new AnnSearch({ ...files, threads: 1 });
  const queries = new Float32Array(2 * DIM);
  queries.set(clustered(1, 3), DIM);
  const found = await ann.search(queries, 40);
  t.equal(rankedAt(found, 0).length, 0);
  t.same([...rankedAt(found, 1)].sort((a, b) => a - b), [...rows.keys()].slice(0, 30).filter((i) => i !== 3 && i !== 4)); // prettier-ignore
  t.same((await ann.search(new Float32Array(), 3)).ids.length, 0);
  await t.rejects(ann.search(new Float32Array(DIM + 1), 3), {
    message: /expected queries of 16 values, got 17 values/,
  });
});

test('of equal scores the lower id comes first', async (t) => {
  const one = clustered(1, 2);
  const rows = new Float32Array(20 * DIM);
  for (let i = 0; i < 20; i++) rows.set(one, i * DIM);
  const files = await prepare(t.testdir(), { rows });
  await using ann = new AnnSearch({ ...files, threads: 1 });
  t.same(
    [...rankedAt(await ann.search(one, 20), 0)],
    Array.from({ length: 20 }, (_x, i) => i),
  );
});

test('where every vector is zero, nothing is found', async (t) => {
  const files = await prepare(t.testdir(), { rows: new Float32Array(10 * DIM) });
  await using ann = new AnnSearch({ ...files, threads: 1 });
  t.same([...(await ann.search(clustered(2, 3), 3)).ids], Array(6).fill(-1));
});

test('more threads or labels than exist can be requested', async (t) => {
  const files = await prepare(t.testdir(), { rows: clustered(30, 2) });
  await using ann = new AnnSearch({ ...files, threads: 1000 });
  const found = await ann.search(clustered(200, 3), 50, toLists([[1, 2], ...Array<number[]>(199).fill([])]));
  t.equal(rankedAt(found, 0).length, 28);
  t.equal(rankedAt(found, 199).length, 30);
});

const mapped = (path: string): boolean =>
  readFileSync('/proc/self/maps', 'utf8').includes(realpathSync(path));

test('the file is released', { skip: process.platform !== 'linux' && 'reads /proc' }, async (t) => {
  const files = await prepare(t.testdir());
  {
    await using ann = new AnnSearch({ ...files, threads: 1 });
    t.equal((await ann.search(clustered(1, 3), 5)).ids.length, 5);
    t.ok(mapped(files.index));
  }
  t.notOk(mapped(files.index));
});

/** The message of `AnnSearch` and of the operator for refused files: both are the same. */
async function refused(t: Test, files: { labels: string; index: string }): Promise<string> {
  const batch = { embeddings: clustered(1, 3) };
  const message = await refusal(t, pipeline([batch], search<typeof batch>(files)).drain());
  t.throws(() => new AnnSearch({ ...files, threads: 1 }), { message });
  return message;
}

test('a truncated index, a file that is no index, and an index of other labels are refused in one line', async (t) => {
  const dir = t.testdir();
  const { labels, index } = await prepare(dir);
  const fewer = await prepare(dir, { rows: clustered(5, 2), name: 'fewer' });
  const others = await prepare(dir, { rows: clustered(LABELS, 4), name: 'others' });
  const broken = join(dir, 'broken.usearch');
  const bytes = readFileSync(index);
  const say = async (content: Uint8Array, description?: string): Promise<string> => {
    writeFileSync(broken, content);
    writeFileSync(descriptionOf(broken), description ?? readFileSync(descriptionOf(index)));
    return refused(t, { labels, index: broken });
  };
  t.match(
    await refused(t, { labels: fewer.labels, index }),
    /labels\.usearch: was built from 3000 vectors of 16 numbers, but .*fewer\.npy has 5 of 16; rebuild it with dexa index$/,
  );
  t.match(
    await refused(t, { labels: others.labels, index }),
    /labels\.usearch: was built from other vectors than those of .*others\.npy; rebuild it with dexa index$/,
  );
  t.match(
    await say(bytes.subarray(0, 1000)),
    /broken\.usearch: 1000 bytes, \d+ expected; rebuild it with dexa index$/,
  );
  const random = new Random(1);
  const changed = (at: number, value: number): Uint8Array =>
    Uint8Array.from(bytes, (x, i) => (i === at ? value : x));
  for (const content of [
    new Uint8Array(bytes.length),
    bytes.map(() => random.below(256)),
    changed(3, 255), // vectors
    changed(7, 255), // bytes in a vector
    changed(8 + LABELS * DIM * 4, 0), // the name of the format
    changed(8 + LABELS * DIM * 4 + 7, 1), // its version
    changed(8 + LABELS * DIM * 4 + 33, 17), // numbers in a vector
    changed(8 + LABELS * DIM * 4 + 64 + 6, 255), // vectors in the graph
  ])
    t.match(
      await say(content),
      /broken\.usearch: does not match its description; rebuild it with dexa index$/,
    );
  t.match(await say(bytes, '{'), /broken\.usearch\.json: not JSON: .*/);
  const description = readFileSync(descriptionOf(index), 'utf8');
  t.match(await say(bytes, description.replace('"f32"', '"f64"')), /json: precision: .*got "f64"$/);
  writeFileSync(descriptionOf(broken), description);
  rmSync(broken);
  t.match(await refused(t, { labels, index: broken }), /broken\.usearch: not found; dexa index builds it$/);
  rmSync(descriptionOf(broken));
  t.match(await refused(t, { labels, index: broken }), /broken\.usearch\.json: cannot be read: ENOENT/);
  await t.rejects(
    pipeline([], search({ labels: join(dir, 'none.npy') })).drain(),
    /none\.npy: cannot be opened/,
  );
});

test('by default an index is used if there is one', async (t) => {
  const { index } = await prepare(t.testdir(), { rows: clustered(10, 1) });
  const [none, half] = [join(t.testdirName, 'none.usearch'), join(t.testdirName, 'half.usearch')];
  copyFileSync(index, half); // unfinished until it has a description
  t.equal(indexFor('auto', index), index);
  t.equal(indexFor('auto', none), undefined);
  t.equal(indexFor('auto', half), undefined);
  t.equal(indexFor('exact', index), undefined);
  t.equal(indexFor('ann', index), index);
  t.throws(() => indexFor('ann', none), { message: /none\.usearch: not found; dexa index builds it/ });
  t.throws(() => indexFor('ann', half), { message: /half\.usearch: not found; dexa index builds it/ });
});

/** Describes an index of one part as it is now, so that damage in it is not noticed before it is searched. */
function reseal(index: string): void {
  const description = JSON.parse(readFileSync(descriptionOf(index), 'utf8')) as {
    seal?: string;
    parts: object[];
  };
  delete description.seal;
  const parts = description.parts.map((part) => ({ ...part, sha256: digestNow(index) }));
  writeFileSync(descriptionOf(index), JSON.stringify(sealed({ ...description, parts })));
}

test('an id beyond the labels that a search finds is refused', async (t) => {
  const rows = 30;
  const { labels, index } = await prepare(t.testdir(), { rows: clustered(rows, 3) });
  const bytes = readFileSync(index);
  const graph = 8 + rows * DIM * 4 + 64;
  const first = graph + 40 + 2 * rows; // after the graph's header and the level of each vector
  t.equal(bytes.readBigUInt64LE(first), 0n, 'the id of the first vector');
  for (const id of [BigInt(rows), 2n ** 31n, 2n ** 64n - 2n]) {
    bytes.writeBigUInt64LE(id, first);
    writeFileSync(index, bytes);
    reseal(index);
    await using search = new AnnSearch({ labels, index, threads: 1 });
    const message = `${index}: found row ${Number(id)} of ${rows}; rebuild it with dexa index`;
    await t.rejects(search.search(clustered(5, 4), rows), { name: 'InputError', message });
  }
});

test('errors of the library are reported like our own', async (t) => {
  const { labels, index } = await prepare(t.testdir());
  const bytes = readFileSync(index);
  bytes[8 + LABELS * DIM * 4 + 15] = 0; // the type of the keys
  writeFileSync(index, bytes);
  t.throws(() => new AnnSearch({ labels, index, threads: 1 }), {
    message: /labels\.usearch: does not match its description; rebuild it with dexa index$/,
  });
  reseal(index);
  t.throws(() => new AnnSearch({ labels, index, threads: 1 }), {
    message: /labels\.usearch: cannot be opened: Key type.*; rebuild it with dexa index$/,
  });
  t.doesNotThrow(() => fstatSync(0), 'standard input is still open');
});

test('a flipped bit anywhere in an index is noticed before the library opens it', async (t) => {
  const { labels, index } = await prepare(t.testdir(), { rows: clustered(300, 3) });
  const random = new Random(7);
  for (const path of [index, descriptionOf(index)]) {
    const bytes = readFileSync(path);
    for (let i = 0; i < 60; i++) {
      const [at, bit] = [random.below(bytes.length), random.below(8)];
      const damaged = Uint8Array.from(bytes);
      damaged[at]! ^= 1 << bit;
      writeFileSync(path, damaged);
      t.throws(
        () => new AnnSearch({ labels, index, threads: 1 }),
        { name: 'InputError' },
        `${path}: ${at}.${bit}`,
      );
    }
    writeFileSync(path, bytes);
  }
  await using search = new AnnSearch({ labels, index, threads: 1 });
  t.ok(search);
});
