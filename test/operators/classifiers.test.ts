/** The operators of Module II and of fusion, on rows small enough for a test. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import tap, { test } from 'tap';
import { mineNegatives, ReaderThreads, type Epoch } from '../../operators/mine-negatives.js';
import { rank } from '../../operators/rank.js';
import { search } from '../../operators/search.js';
import { TrainerThread, trainStep } from '../../operators/train-step.js';
import { writeLists } from '../../operators/write-lists.js';
import { writeRows } from '../../operators/write-rows.js';
import { rankerOf } from '../../src/ranker/kinds.js';
import { CLASSIFIER, ENCODER, FUSION } from '../../src/sources/published.js';
import { scoresOf } from '../../src/ranker/fuse.js';
import { saveFusion } from '../../src/ranker/file.js';
import { chain, pipeline } from '../../src/index.js';
import { Random } from '../../src/random.js';
import { listAt, toLists } from '../../src/formats/lists.js';
import { writeColumn } from '../../src/formats/npy.js';
import type { CandidateBatch, CandidateSources } from '../../src/sample/candidates.js';
import type { CandidateObjectiveOptions } from '../../src/train/objectives/candidates.js';
import { collect } from '../collect.js';
import { contract } from '../contract.js';

const [TEXTS, LABELS, DIM, BATCH] = [64, 40, 4, 16];

const folder = mkdtempSync(join(tmpdir(), 'dexa-classifiers-'));
tap.teardown(async () => {
  await (await given).readers[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});
const files = {
  labels: join(folder, ENCODER.files.labels),
  classifiers: join(folder, CLASSIFIER.files.labels),
  fusion: join(folder, FUSION.files.fusion),
  inversePropensity: join(folder, FUSION.files.inversePropensity),
};
const sources = { embeddings: join(folder, 'texts.npy'), positives: join(folder, 'positives') };
const labelsOf = toLists(
  Array.from({ length: TEXTS }, (_x, text) => [text % LABELS, (3 * text + 1) % LABELS]),
);
const rows = join(folder, 'rows.npy');
writeColumn(rows, [Int32Array.from({ length: TEXTS }, (_x, i) => i)]);
const epoch = (number: number): Epoch => ({ epoch: number, rows });

function unitRows(count: number, random: Random): Float32Array {
  const rows = Float32Array.from({ length: count * DIM }, () => random.next() - 0.5);
  return rows.map((x, i) => x / Math.hypot(...rows.subarray(i - (i % DIM), i - (i % DIM) + DIM)));
}

const texts = unitRows(TEXTS, new Random(1));
const write = (path: string, rows: Float32Array) =>
  pipeline([rows], writeRows<Float32Array>({ path, dim: DIM, rows: (all) => all })).drain();

const given = (async () => {
  await write(sources.embeddings, texts);
  await write(files.labels, unitRows(LABELS, new Random(2)));
  await write(files.classifiers, unitRows(LABELS, new Random(3)));
  await pipeline(
    [labelsOf],
    writeLists<typeof labelsOf>({ base: sources.positives, lists: (all) => all }),
  ).drain();
  await pipeline(
    [new Float32Array(LABELS).fill(2)],
    writeRows<Float32Array>({ path: files.inversePropensity, dim: 1, rows: (all) => all }),
  ).drain();
  const comparison = { encoder: 0, classifier: 0, tree: 0, linear: 0 };
  await saveFusion(files.fusion, { fusion: { by: 'tree', tree: { share: 0.5 } }, comparison, texts: 0 });
  const readers = new ReaderThreads<CandidateBatch, CandidateSources>({
    reader: new URL('../../src/sample/candidates.js', import.meta.url),
    sources,
  });
  return { readers, mine: () => mineNegatives({ readers, batch: BATCH, seed: 1 }) };
})();

const trainer = () =>
  new TrainerThread<CandidateBatch, CandidateObjectiveOptions>({
    objective: new URL('../../src/train/objectives/candidates.js', import.meta.url),
    options: {
      labels: files.labels,
      rows: join(folder, 'classifier-rows.npy'),
      memory: 1024,
      loss: { kind: 'ohnm-multi', positives: 3, negatives: 5, margin: 0.2 },
      dropout: 0,
      schedule: { kind: 'linear', rate: 0.02, warmup: 0, steps: 400 },
    },
    threads: 1,
    seed: 1,
  });

test("mini-batches of Module II have all their texts' labels as candidates", async (t) => {
  const { mine } = await given;
  const batches = await collect(pipeline([epoch(0)], mine()).run());
  t.equal(batches.length, TEXTS / BATCH);
  for (const { rows, candidates, target, embeddings } of batches) {
    const own = [...rows].map((row) => [...listAt(labelsOf, row)]);
    t.same(
      [...candidates],
      [...new Set(own.flat())].sort((a, b) => a - b),
    );
    own.forEach((labels, i) => {
      const marked = [...candidates].filter((_id, j) => target[i * candidates.length + j]);
      t.same(
        marked,
        [...new Set(labels)].sort((a, b) => a - b),
      );
      const row = rows[i]!;
      t.same(
        [...embeddings.subarray(i * DIM, (i + 1) * DIM)],
        [...texts.subarray(row * DIM, (row + 1) * DIM)],
      );
    });
  }
});

test('train-step keeps the contract with classifiers too', async (t) => {
  const { mine } = await given;
  const batches = await collect(pipeline([epoch(0)], mine()).run());
  await using thread = trainer();
  await contract(t, {
    make: () => trainStep(thread),
    input: (i) => structuredClone(batches[i % batches.length]!), // its arrays are transferred
    ahead: 1,
    bad: {
      item: { ...structuredClone(batches[0]!), candidates: Int32Array.of(LABELS) },
      message: /train-step failed at item 1: .*rows 40\.\.41 are not within/,
    },
  });
});

test('training classifiers lowers the loss', async (t) => {
  const { mine } = await given;
  await using thread = trainer();
  const epochs = Array.from({ length: 40 }, (_x, i) => epoch(i));
  const results = await collect(pipeline(epochs, mine(), trainStep(thread)).run());
  const mean = (part: typeof results) => part.reduce((sum, { loss }) => sum + loss, 0) / part.length;
  const [first, last] = [mean(results.slice(0, 4)), mean(results.slice(-4))];
  t.ok(last < 0.8 * first, `loss ${first} → ${last}`);
});

const batch = () => ({ embeddings: texts.slice(0, 2 * DIM) });
const searches = { k: 5, threads: 1, ahead: 0 };
type One = ReturnType<typeof batch>;
const both = () =>
  chain(
    search<One, 'encoder'>({ labels: files.labels, as: 'encoder', ...searches }),
    search({ labels: files.classifiers, as: 'classifier', ...searches }),
  );
const ranker = () => rankerOf(folder, FUSION);

test('two searches in one pipeline and rank after them keep the contract', async (t) => {
  await given;
  const bad = { embeddings: new Float32Array(DIM + 1) };
  await contract(t, {
    make: both,
    input: batch,
    ahead: 4,
    bad: { item: bad, message: /search failed at item 1: .*queries of 4 values/ },
  });
  const found = await pipeline([batch()], both()).first();
  const alone = await pipeline([batch()], search<One>({ labels: files.labels, ...searches })).first();
  t.same(found.encoder, alone.found, 'the second search keeps what the first found');
  t.notSame(found.classifier, found.encoder);
  await contract(t, {
    make: () => rank<object>({ ranker: ranker(), k: 3 }),
    input: () => found,
    ahead: 1,
    bad: {
      item: { encoder: found.encoder },
      message: /rank failed at item 1: batch: expected the field classifier, got none/,
    },
  });
});

test('a fused score is both scores and the share, for labels that the classifiers found', async (t) => {
  await given;
  const found = await pipeline([batch()], both()).first();
  const { found: fused } = await pipeline([found], rank({ ranker: ranker(), k: 10 })).first();
  for (const text of [0, 1]) {
    const [own, other] = [scoresOf(found.classifier, text), scoresOf(found.encoder, text)];
    for (const [label, score] of scoresOf(fused, text)) {
      const expected = (own.has(label) ? 0.5 + own.get(label)! : 0) + (other.get(label) ?? 0);
      t.ok(Math.abs(score - expected) < 1e-6, `text ${text}, label ${label}`);
    }
  }
});
