/** Each fault once; `npm run test:faults` tries more instants. */
import { join } from 'node:path';
import { test } from 'tap';
import { Random } from '../../src/random.js';
import { tinyDataset } from '../tiny.js';
import { FAULTS, subjectOf } from './list.js';

/** Small tables: their size is not what a fault damages. */
const SMALL = { dim: 16, words: 64 };

test('after any fault, the same command resumes the run and ends with the same result', async (t) => {
  const dir = t.testdir();
  const data = join(dir, 'data');
  await tinyDataset(data);
  const subject = await subjectOf({
    data,
    run: join(dir, 'run'),
    sources: ['encoder'],
    ...SMALL,
    aux: 4,
    headMinCount: 12,
    epochs: 4,
    batch: 32,
    threads: 1,
  });
  for (const { name, unable, harm } of FAULTS) {
    const why = unable?.();
    if (why !== undefined) {
      t.comment(`${name}: ${why}`);
      continue;
    }
    const { survived, ends } = await harm(subject, Random.of(1, name));
    t.ok(survived, name, { ends });
  }
});
