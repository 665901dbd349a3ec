import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'tap';
import { buildIndex } from '../../operators/build-index.js';
import { search } from '../../operators/search.js';
import { pipeline } from '../../src/index.js';
import { Random } from '../../src/random.js';
import { readDescription } from '../../src/search/ann.js';
import { rankedAt } from '../../src/search/found.js';
import { Matrix } from '../../src/store/npy.js';
import { contract } from '../contract.js';

const [LABELS, DIM] = [200, 8];

function prepare(dir: string, change: (rows: Float32Array) => void = () => undefined) {
  const random = new Random(1);
  const drawn = Float32Array.from({ length: LABELS * DIM }, () => random.next() - 0.5);
  const rows = drawn.map((x, i) => x / Math.hypot(...drawn.subarray(i - (i % DIM), i - (i % DIM) + DIM)));
  change(rows);
  const labels = join(dir, 'labels.npy');
  using matrix = Matrix.create(labels, { dtype: 'float32', cols: DIM });
  matrix.append(rows);
  matrix.finish();
  return { labels, path: join(dir, 'labels.usearch'), rows };
}

test('build-index keeps the contract', async (t) => {
  const { labels, path } = prepare(t.testdir());
  await contract(t, {
    make: () => buildIndex({ path, threads: 1 }),
    input: () => labels,
    ahead: 1,
    bad: { item: `${labels}.none`, message: /build-index failed at item 1: .*none: cannot be opened/ },
  });
});

for (const precision of ['f32', 'f16', 'i8'] as const)
  test(`what was indexed as ${precision} is found by search`, async (t) => {
    const { labels, path, rows } = prepare(t.testdir());
    const described = await pipeline([labels], buildIndex({ path, precision, threads: 1 })).first();
    t.match(described, { labels: LABELS, dim: DIM, precision });
    const query = { embeddings: rows.slice(0, DIM) };
    const find = (index?: string) =>
      pipeline([query], search<typeof query>({ labels, index, k: 10, threads: 1 })).first();
    const [exact, ann] = [(await find()).found, (await find(path)).found];
    const best = new Set(rankedAt(exact, 0));
    const hits = rankedAt(ann, 0).filter((id) => best.has(id)).length;
    t.ok(hits >= 8, `${hits} of 10`);
    t.ok(Math.abs(ann.scores[0]! - exact.scores[0]!) < 0.02, `${ann.scores[0]} for ${exact.scores[0]}`);
  });

test('a matrix that cannot be indexed leaves the index before it', async (t) => {
  const dir = t.testdir({ good: {}, bad: {} });
  const { labels, path } = prepare(join(dir, 'good'));
  const bad = prepare(join(dir, 'bad'), (rows) => (rows[5 * DIM] = Infinity));
  const described = await pipeline([labels], buildIndex({ path, threads: 1 })).first();
  await t.rejects(pipeline([bad.labels], buildIndex({ path, threads: 1 })).drain(), {
    message: /the vector of label 5 is not finite/,
  });
  t.same(readDescription(path), described);
  await t.rejects(pipeline([labels], buildIndex({ path: join(dir, 'none', 'x'), threads: 1 })).drain(), {
    message: /none.x: cannot be written/,
  });
  t.same(readdirSync(join(dir, 'good')).sort(), ['labels.npy', 'labels.usearch', 'labels.usearch.json']);
});

test('a precision that there is not is refused at once', (t) => {
  t.throws(() => buildIndex({ path: 'x', precision: 'f8' as 'f16' }), {
    message: 'precision: expected f32, f16, i8, got f8',
  });
  t.end();
});
