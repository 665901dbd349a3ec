/** A custom source and ranker together with those of DEXA: any list goes through the same assembly. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import tap, { test } from 'tap';
import { nameLabels } from '../../operators/name-labels.js';
import { retrieve } from '../../operators/retrieve.js';
import { writeRows } from '../../operators/write-rows.js';
import { writeTexts } from '../../operators/write-texts.js';
import { createModel } from '../../src/encode/model-folder.js';
import { listAt } from '../../src/formats/lists.js';
import {
  operator,
  pipeline,
  Predictor,
  type LabelSource,
  type Ranker,
  type TrainedRun,
} from '../../src/index.js';
import { Random } from '../../src/random.js';
import { scoresOf } from '../../src/ranker/fuse.js';
import { emptyFound, rankedAt, type Found } from '../../src/search/found.js';
import { CLASSIFIER, ENCODER } from '../../src/sources/published.js';
import { sourceOf } from '../../src/sources/kinds.js';
import type { Prepared } from '../../src/sources/part.js';
import { contract } from '../contract.js';

const [LABELS, DIM] = [30, 256];
const folder = mkdtempSync(join(tmpdir(), 'dexa-sources-'));
tap.teardown(() => {
  rmSync(folder, { recursive: true });
});

/** Gives every text the same scores, label 29 first. It needs nothing of a text. */
const popularity: LabelSource = {
  name: 'popularity',
  kind: 'popularity',
  files: {},
  scale: 'logit',
  needs: [],
  part: ({ as }) => {
    const find = ({ columns, excluded }: Prepared, k: number): Found => {
      const found = emptyFound(columns.text.length, k);
      columns.text.forEach((_text, text) => {
        const hidden = excluded ? [...listAt(excluded, text)] : [];
        const labels = Array.from({ length: LABELS }, (_x, i) => LABELS - 1 - i);
        const left = labels.filter((label) => !hidden.includes(label)).slice(0, k);
        found.ids.set(left, text * k);
        found.scores.set(left.map((label) => label / LABELS), text * k); // prettier-ignore
      });
      return found;
    };
    return {
      field: as,
      operator: ({ k }) =>
        operator<Prepared, Prepared>('popularity', async function* (batches) {
          for await (const batch of batches) yield { ...batch, [as]: find(batch, k) };
        }),
      open: async () => ({ make: find, [Symbol.asyncDispose]: () => Promise.resolve() }),
    };
  },
};

/** Adds up the scores of the sources. */
const sum: Ranker = {
  sources: ['popularity', 'classifier', 'encoder'],
  candidates: LABELS,
  open: () => ({
    rank: (by, k) => {
      const texts = by.encoder!.ids.length / by.encoder!.k;
      const found = emptyFound(texts, k);
      for (let text = 0; text < texts; text++) {
        const scores = sum.sources.map((name) => scoresOf(by[name]!, text));
        const total = (label: number) => scores.reduce((all, of) => all + (of.get(label) ?? 0), 0);
        const labels = Array.from({ length: LABELS }, (_x, label) => label);
        const best = labels.sort((a, b) => total(b) - total(a) || a - b).slice(0, k);
        found.ids.set(best, text * k);
        found.scores.set(best.map(total), text * k);
      }
      return found;
    },
    [Symbol.dispose]: () => undefined,
  }),
};

const given = (async (): Promise<TrainedRun> => {
  mkdirSync(join(folder, 'model'));
  createModel(join(folder, 'model'), { maxLength: 16 });
  for (const [seed, { files }] of [ENCODER, CLASSIFIER].entries()) {
    const random = new Random(seed);
    const rows = Float32Array.from({ length: LABELS * DIM }, () => random.next() - 0.5);
    await pipeline(
      [rows],
      writeRows<Float32Array>({ path: join(folder, files.labels), dim: DIM, rows: (all) => all }),
    ).drain();
  }
  const texts = join(folder, 'label-texts');
  const columns = { text: Array.from({ length: LABELS }, (_x, label) => `label ${label}`) };
  await pipeline([{ columns }], writeTexts({ base: texts })).drain();
  const sources = [...[ENCODER, CLASSIFIER].map((spec) => sourceOf(folder, spec)), popularity];
  return { folder, texts, sources, ranker: sum };
})();

const text = ['river mountain', 'bread music and a winter garden'];

test('three sources and their ranker: their needs are computed once, and the predictor finds the same', async (t) => {
  const run = await given;
  const done: Record<string, number> = {};
  const onProgress = (name: string, items: number): void => {
    done[name] = (done[name] ?? 0) + items;
  };
  const { columns } = await pipeline(
    [{ columns: { text } }],
    retrieve({ run, k: 4, threads: 1 }),
    nameLabels({ base: run.texts }),
  ).first({ onProgress });
  t.match(done, { tokenize: 2, embed: 2, search: 4, rank: 2 });
  await using predictor = await Predictor.open(run);
  const predictions = (await predictor.predict(text, { top: 4 })).flat();
  t.same(predictions.map(({ label }) => label), [...columns.labels.values]); // prettier-ignore
  t.same(predictions.map(({ name }) => name), columns.names.values); // prettier-ignore
  predictions.forEach(({ score }, i) => t.ok(Math.abs(score - columns.scores.values[i]!) < 1e-5));
});

test('a source that needs nothing of a text starts no thread for it', async (t) => {
  const run = await given;
  const source = 'popularity';
  const { found } = await pipeline([{ columns: { text } }], retrieve({ run, source, k: 3 })).first();
  t.same([...rankedAt(found, 1)], [29, 28, 27]);
  t.equal(retrieve({ run, source }).operator, 'popularity');
  await using predictor = await Predictor.open(run, { source });
  t.same(
    (await predictor.predict(['']))[0]!.map(({ label }) => label),
    [29, 28, 27, 26, 25],
  );
});

test('retrieve by three sources keeps the contract', async (t) => {
  const run = await given;
  await contract(t, {
    make: () => retrieve({ run, k: 1, threads: 1, ahead: 0 }),
    input: () => ({ columns: { text: ['a'] } }),
    ahead: 12,
  });
});
