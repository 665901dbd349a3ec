import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import tap, { test } from 'tap';
import { nameLabels } from '../../operators/name-labels.js';
import { retrieve } from '../../operators/retrieve.js';
import { indexRun } from '../../pipelines/build-index.js';
import { train } from '../../pipelines/train.js';
import { liveSessions } from '../../src/engine/session.js';
import { openRun, pipeline, Predictor } from '../../src/index.js';
import { tinyDataset } from '../tiny.js';

const folder = mkdtempSync(join(tmpdir(), 'dexa-predictor-'));
tap.teardown(() => {
  rmSync(folder, { recursive: true });
});
const run = join(folder, 'run');
const given = (async () => {
  const data = join(folder, 'data');
  await tinyDataset(data);
  const small = {
    dim: 32,
    words: 64,
    aux: 4,
    headMinCount: 12,
    epochs: 2,
    batch: 32,
    classifierEpochs: 2,
    classifierBatch: 32,
  };
  await train({ data, run, sources: ['encoder', 'classifier'], fuse: 'published', threads: 1, ...small });
  return { data };
})();

const texts = ['river mountain', '', 'bread music and a winter garden'];

for (const source of ['encoder', 'classifier', 'fused'])
  test(`${source}: predicts what the pipeline retrieves`, async (t) => {
    await given;
    const batch = { columns: { text: texts } };
    const { columns } = await pipeline(
      [batch],
      retrieve<typeof batch>({ run: openRun(run), source, search: 'exact', k: 4, threads: 1 }),
      nameLabels({ base: openRun(run).texts }),
    ).first();
    await using predictor = await Predictor.open(run, { source, search: 'exact' });
    const predictions = await predictor.predict(texts, { top: 4 });
    t.same(predictions.map((own) => own.length), [4, 0, 4]); // prettier-ignore
    const flat = predictions.flat();
    t.same(flat.map(({ label }) => label), [...columns.labels.values]); // prettier-ignore
    t.same(flat.map(({ name }) => name), columns.names.values); // prettier-ignore
    flat.forEach(({ score }, i) => t.ok(Math.abs(score - columns.scores.values[i]!) < 1e-5));
  });

test('texts beyond one batch, and an empty list', async (t) => {
  await given;
  await using predictor = await Predictor.open(run);
  const many = await predictor.predict(
    Array.from({ length: 600 }, (_x, i) => (i % 2 ? 'river' : 'bread')),
    { top: 1 },
  );
  t.equal(many.length, 600);
  t.same([many[598], many[599]], [many[0], many[1]], 'in order');
  t.same(await predictor.predict([]), []);
  t.throws(() => predictor.predict(['a', undefined as unknown as string]), {
    name: 'InputError',
    message: 'texts.1: expected a text, got none',
  });
  await t.rejects(predictor.predict(['a'], { top: 0 }), { message: 'top: expected 1..1000, got 0' });
});

test('concurrent queries are answered as if each were alone', async (t) => {
  await given;
  await using predictor = await Predictor.open(run);
  const alone = [];
  for (const text of texts) alone.push(await predictor.predict([text]));
  t.same(await Promise.all(texts.map((text) => predictor.predict([text]))), alone);
});

test('searches by index if the run has one, and releases everything', async (t) => {
  const { data } = await given;
  await t.rejects(Predictor.open(run, { search: 'ann' }), {
    message: /usearch: not found; dexa index builds it/,
  });
  const built = await indexRun({ run, data, threads: 1 });
  t.same(built.map(({ recall }) => recall > 0.99), [true, true]); // prettier-ignore
  const before = liveSessions();
  {
    await using predictor = await Predictor.open(run, { search: 'ann' });
    await using exact = await Predictor.open(run, { search: 'exact' });
    const [some, all] = [await predictor.predict(texts), await exact.predict(texts)];
    t.same(some.map((own) => own[0]?.label), all.map((own) => own[0]?.label)); // prettier-ignore
    t.ok(liveSessions() > before);
  }
  t.equal(liveSessions(), before);
});

test('a folder that is not a run is refused', async (t) => {
  await t.rejects(Predictor.open(folder), { message: /is not a finished run/ });
});
