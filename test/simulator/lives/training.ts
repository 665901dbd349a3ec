/** Checkpoints of a training whose rows are on disk, with undo journals between them. */
import { join } from 'node:path';
import { makeFolder } from '../../../src/files/make-folder.js';
import { parameter } from '../../../src/model/optimisers/adamw.js';
import { Checkpoints } from '../../../src/store/checkpoints.js';
import { loadTrainer, saveTrainer } from '../../../src/train/saved-trainer.js';
import { TrainedRows } from '../../../src/train/trained-rows.js';
import { hold, type MakeLife } from '../life.js';
import { sameBits } from '../same-bits.js';
import { ROOT } from '../simulated-disk.js';

const [ROWS, DIM] = [12, 2];
/** Fewer rows in memory than a step writes. */
const MEMORY = 3 * 4 * 3 * DIM;
const ALL = Int32Array.from({ length: ROWS }, (_x, row) => row);
const initial = (ids: Int32Array): Float32Array =>
  Float32Array.from({ length: ids.length * DIM }, (_x, i) => 1 + ids[Math.floor(i / DIM)]!);
const fresh = (): Float32Array => initial(ALL);

export const trainingLife: MakeLife = (random) => {
  /** Values of the rows when each checkpoint started, by the number of steps so far. */
  const states = new Map([[0, fresh()]]);
  let acknowledged = 0;
  let made = 0;
  let now = fresh();
  let checkpoints: Checkpoints;
  let rows: TrainedRows;

  async function checkpoint(): Promise<void> {
    const steps = ++made;
    states.set(steps, now.slice());
    const oldest = await checkpoints.write({ epoch: 0, step: steps, loss: 0 }, async ({ folder, number }) => {
      rows.checkpoint(number);
      await saveTrainer(folder, { steps, room: {} }, { now: parameter(now.slice(), DIM) });
    });
    rows.forgetBefore(oldest.number);
  }

  function change(): void {
    const ids = random
      .shuffle(ALL.slice())
      .subarray(0, 1 + random.below(5))
      .sort();
    const values = parameter(
      Float32Array.from({ length: ids.length * DIM }, () => 1 + random.next()),
      DIM,
    );
    rows.scatter(ids, values);
    ids.forEach((id, i) => {
      now.set(values.data.subarray(i * DIM, (i + 1) * DIM), id * DIM);
    });
  }

  return {
    retries: false, // the trainer's thread ends at the first error
    async recover() {
      const folder = join(ROOT, 'work', 'vectors');
      makeFolder(folder);
      checkpoints = new Checkpoints(join(ROOT, 'work', 'checkpoints'), { config: {} });
      const from = await checkpoints.latest(() => undefined);
      const held = parameter(new Float32Array(ROWS * DIM), DIM);
      const steps = from ? loadTrainer(from.folder, { now: held }).steps : 0;
      hold(
        steps >= acknowledged,
        () => `checkpoint ${steps} is the last one, but ${acknowledged} was acknowledged`,
      );
      rows = new TrainedRows({
        path: join(folder, 'rows.npy'),
        ...{ rows: ROWS, dim: DIM, memory: MEMORY, initial, from: from?.number },
      });
      const expected = states.get(steps)!;
      const found = rows.gather(ALL).data;
      hold(!from || sameBits(held.data, expected), () => `checkpoint ${steps} has other parameters`);
      hold(
        sameBits(found, expected),
        () => `rows of checkpoint ${steps} are [${found.join()}], not [${expected.join()}]`,
      );
      now = expected.slice();
    },
    async step() {
      if (random.below(3) > 0) {
        change();
        return () => undefined;
      }
      await checkpoint();
      const steps = made;
      return () => {
        acknowledged = steps;
      };
    },
  };
};
