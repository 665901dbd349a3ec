/** Rows that are overwritten under an undo journal, by a program that goes on after a failed write. */
import { join } from 'node:path';
import { syncPath } from '../../../src/files/sync.js';
import { Matrix } from '../../../src/formats/npy.js';
import { putBack, RowJournal } from '../../../src/store/row-journal.js';
import { hold, type MakeLife } from '../life.js';
import { sameBits } from '../same-bits.js';
import { ROOT } from '../simulated-disk.js';

const [ROWS, COLS] = [10, 3];
const [PATH, JOURNAL] = [join(ROOT, 'rows.npy'), join(ROOT, 'journal')];
const ALL = Int32Array.from({ length: ROWS }, (_x, row) => row);

export const journalLife: MakeLife = (random) => {
  const drawn = (rows: number): Float32Array =>
    Float32Array.from({ length: rows * COLS }, () => random.next());
  const before = drawn(ROWS);
  let begun = false;
  let rows: Matrix<'float32'>;
  let journal: RowJournal;

  function begin(): void {
    rows = Matrix.create(PATH, { dtype: 'float32', cols: COLS, rows: ROWS });
    rows.write(0, before);
    rows.finish();
    syncPath(ROOT);
  }

  return {
    retries: true,
    async recover() {
      if (begun) {
        rows = Matrix.open(PATH, 'float32', { writable: true });
        putBack(rows, JOURNAL);
        const found = rows.read(0, ROWS);
        hold(sameBits(found, before), () => `the rows are [${found.join()}], not [${before.join()}]`);
        rows.finish();
      } else begin();
      begun = true;
      journal = new RowJournal(rows, JOURNAL);
    },
    async step() {
      const ids = random.shuffle(ALL.slice()).subarray(0, 1 + random.below(4));
      journal.keep(ids);
      rows.scatter(ids, drawn(ids.length));
      return () => undefined;
    },
  };
};
