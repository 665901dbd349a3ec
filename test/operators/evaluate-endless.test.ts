/** An endless stream of held-out texts: metrics are running, the source is not read ahead, memory does not grow. */
import { join } from 'node:path';
import { test } from 'tap';
import { evaluate, type Evaluation } from '../../operators/evaluate.js';
import { readParquet } from '../../operators/read-parquet.js';
import { operator, pipeline } from '../../src/index.js';
import type { FileBatch } from '../../src/formats/columns.js';
import { ranked } from '../../src/search/ranked.js';
import { toLists } from '../../src/formats/lists.js';
import { collectGarbage } from '../collect-garbage.js';
import { writeTable } from '../table.js';

const COLUMNS = { text: 'string', labels: 'int32[]' } as const;
const TEXTS = 1000;
const BATCH = 200;
const BATCHES = 400;
const LABELS = 50;

/** In place of `retrieve`: the label after the true one, the true one, and the rest. */
const find = operator<FileBatch<typeof COLUMNS>, ReturnType<typeof found>>('find', async function* (batches) {
  for await (const batch of batches) yield found(batch);
});
function found({ columns, rows }: FileBatch<typeof COLUMNS>) {
  const order = (label: number) =>
    Array.from({ length: LABELS }, (_x, i) => (label + 1 + LABELS - i) % LABELS);
  const labels = toLists(Array.from({ length: rows }, (_x, i) => order(columns.labels.values[i]!)));
  const scores = Float32Array.from(labels.values, (_label, i) => -i);
  return { columns, found: ranked({ labels, scores }, { k: LABELS }) };
}

/** Bytes in use on the heap and in typed arrays, which are freed with some delay. */
function held(): { heapUsed: number; arrayBuffers: number } {
  collectGarbage();
  return process.memoryUsage();
}

test('an endless stream is evaluated batch by batch, with bounded memory', async (t) => {
  const path = join(t.testdir(), 'held-out.parquet');
  const truth = Array.from({ length: TEXTS }, (_x, i) => [i % LABELS]);
  await writeTable({ path, columns: COLUMNS }, { text: truth.map(String), labels: truth });
  const source = { taken: 0, closed: false };
  async function* paths(): AsyncGenerator<string> {
    try {
      for (;;) {
        source.taken++;
        yield path;
      }
    } finally {
      source.closed = true;
    }
  }

  const frequency = new Int32Array(LABELS).fill(4);
  const read = readParquet({ columns: COLUMNS, batch: BATCH });
  const running = pipeline(paths(), read, find, evaluate({ frequency })).run();
  let [batches, ahead] = [0, 0];
  let start = held();
  let last: Evaluation = { texts: 0, metrics: {} };
  for await (const evaluation of running) {
    batches++;
    if (evaluation.texts !== BATCH * batches) t.fail(`${evaluation.texts} texts after batch ${batches}`);
    ahead = Math.max(ahead, source.taken - Math.ceil((BATCH * batches) / TEXTS));
    last = evaluation;
    if (batches === BATCHES / 4) start = held();
    if (batches === BATCHES) break;
  }
  const end = held();

  t.match(last, { texts: BATCH * BATCHES, metrics: { 'P@1': 0, 'P@2': 0.5, 'R@2': 1 } });
  t.ok(ahead <= 1, `the source was at most ${ahead} files ahead`);
  t.ok(source.closed, 'the source is closed when its consumer stops');
  const heap = end.heapUsed - start.heapUsed;
  t.ok(heap < 4e5, `${heap} more bytes in the heap after ${(3 / 4) * BATCHES} batches`);
  const arrays = end.arrayBuffers - start.arrayBuffers;
  t.ok(arrays < 12e6, `${arrays} bytes in arrays; keeping all would take 24 MB`);
});
