/**
 * Balanced clusters of 200,000 Gaussian unit vectors of 64 dimensions into 8,192, with all rows in memory and with a
 * sixteenth of them: `npm run bench:clustering`. Two threads.
 */
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { clusterAssign } from '../../operators/cluster-assign.js';
import { pipeline } from '../../src/index.js';
import { startOf } from '../../src/cluster/node.js';
import { Random } from '../../src/random.js';
import { Matrix } from '../../src/formats/npy.js';
import { lengthOf } from '../../src/formats/vectors.js';
import { machine, median, table, writeSection } from './results.js';

const [ROWS, DIM, CLUSTERS, THREADS, ROUNDS] = [200_000, 64, 8192, 2, 5];
const BYTES = ROWS * DIM * 4;
const WAYS = { 'all rows in memory': 2 * BYTES, 'a sixteenth of the rows': BYTES / 16 };

const work = 'runs/bench-clustering';
mkdirSync(work, { recursive: true });
const [vectors, members] = [join(work, 'vectors.npy'), join(work, 'members.npy')];

/** Two independent Gaussian numbers at a time (Box and Muller). */
function gaussian(random: Random, count: number): Float32Array {
  const values = new Float32Array(count);
  for (let i = 0; i < count; i += 2) {
    const radius = Math.sqrt(-2 * Math.log(1 - random.next()));
    const angle = 2 * Math.PI * random.next();
    values[i] = radius * Math.cos(angle);
    values[i + 1] = radius * Math.sin(angle);
  }
  return values;
}

const random = new Random(1);
const rows = new Float32Array(ROWS * DIM);
for (let row = 0; row < ROWS; row++) {
  const values = gaussian(random, DIM);
  const length = lengthOf(values);
  rows.set(
    values.map((x) => x / length),
    row * DIM,
  );
}
{
  using file = Matrix.create(vectors, { dtype: 'float32', cols: DIM });
  file.append(rows);
  file.finish();
}

/** Mean cosine of the rows to the centroid of their cluster: the length of a sum is the sum of its rows' cosines. */
function cohesion(): number {
  using file = Matrix.open(members, 'int32');
  const tree = { rows: ROWS, clusters: CLUSTERS };
  let total = 0;
  for (let cluster = 0; cluster < CLUSTERS; cluster++) {
    const [begin, end] = [startOf(tree, cluster), startOf(tree, cluster + 1)];
    const sum = new Float64Array(DIM);
    for (const row of file.read(begin, end - begin))
      for (let d = 0; d < DIM; d++) sum[d]! += rows[row * DIM + d]!;
    total += lengthOf(sum);
  }
  return total / ROWS;
}

const seconds = new Map<string, number[]>(Object.keys(WAYS).map((way) => [way, []]));
const quality = new Map<string, number>();
for (let round = 0; round < ROUNDS; round++)
  for (const [way, memory] of Object.entries(WAYS)) {
    const begun = performance.now();
    const request = { vectors, clusters: CLUSTERS, seed: 7, members };
    await pipeline([request], clusterAssign({ threads: THREADS, memory })).first();
    seconds.get(way)!.push((performance.now() - begun) / 1000);
    quality.set(way, cohesion());
  }
rmSync(work, { recursive: true });
const cells = Object.keys(WAYS).map((way) => [
  way,
  median(seconds.get(way)!).toFixed(1),
  quality.get(way)!.toFixed(4),
]);
const results = table([['', 'seconds', 'mean cosine to the centroid'], ...cells]);
process.stdout.write(`${results}\n`);
await writeSection(
  'clustering',
  `## Clustering in memory and out of core

\`npm run bench:clustering\`: ${ROWS.toLocaleString('en')} Gaussian unit vectors of ${DIM} dimensions into ${CLUSTERS.toLocaleString('en')} clusters, ${THREADS} threads, their start included,
median of ${ROUNDS}; ${machine()}.

${results}
`,
);
