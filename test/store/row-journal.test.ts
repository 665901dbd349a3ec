import { closeSync, ftruncateSync, openSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'tap';
import { Random } from '../../src/random.js';
import { Matrix } from '../../src/formats/npy.js';
import { putBack, RowJournal } from '../../src/store/row-journal.js';

const [ROWS, COLS] = [3000, 3];

const equal = (a: Float32Array, b: Float32Array): boolean =>
  Buffer.from(a.buffer).equals(Buffer.from(b.buffer));

test('overwritten rows are restored, however often they were written', (t) => {
  const dir = t.testdir();
  using matrix = Matrix.create(join(dir, 'rows.npy'), { dtype: 'float32', cols: COLS, rows: ROWS });
  const random = new Random(1);
  const drawn = (rows: number) => Float32Array.from({ length: rows * COLS }, () => random.next());
  const change = (journal: RowJournal): void => {
    const ids = Array.from({ length: 100 }, () => random.below(ROWS));
    journal.keep(new Set(ids));
    matrix.scatter(ids, drawn(100));
  };
  const all = () => matrix.read(0, ROWS);
  matrix.write(0, drawn(ROWS));
  const before = all();
  const paths = ['first', 'second'].map((name) => join(dir, name)) as [string, string];
  const states: Float32Array[] = [before];
  for (const path of paths) {
    using journal = new RowJournal(matrix, path);
    for (let i = 0; i < 50; i++) change(journal);
    states.push(all());
  }
  t.notOk(equal(states[2]!, states[1]!));
  putBack(matrix, paths[1]);
  t.ok(equal(all(), states[1]!), 'one step back');
  putBack(matrix, paths[0]);
  putBack(matrix, paths[0]);
  t.ok(equal(all(), before), 'as at the beginning, also when done twice');
  putBack(matrix, join(dir, 'none'));
  t.ok(equal(all(), before), 'no journal, no change');
  t.end();
});

test('a truncated record belongs to a row that was not overwritten', (t) => {
  const dir = t.testdir();
  using matrix = Matrix.create(join(dir, 'rows.npy'), { dtype: 'float32', cols: COLS, rows: ROWS });
  const path = join(dir, 'journal');
  {
    using journal = new RowJournal(matrix, path);
    journal.keep([5, 7]);
    matrix.write(5, Float32Array.of(1, 1, 1));
  }
  const fd = openSync(path, 'r+');
  ftruncateSync(fd, statSync(path).size - 3);
  closeSync(fd);
  putBack(matrix, path);
  t.same([...matrix.read(5, 1)], [0, 0, 0]);
  t.end();
});

test('nothing is restored from a record that is torn, nor from those after it', (t) => {
  const dir = t.testdir();
  using matrix = Matrix.create(join(dir, 'rows.npy'), { dtype: 'float32', cols: COLS, rows: ROWS });
  const path = join(dir, 'journal');
  {
    using journal = new RowJournal(matrix, path);
    journal.keep([5, 7, 9]);
  }
  const record = 4 * (2 + COLS);
  matrix.write(5, Float32Array.of(1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4, 5, 5, 5));
  const whole = readFileSync(path);
  for (const damage of [
    (bytes: Buffer) => bytes.fill(0, record),
    (bytes: Buffer) => (bytes[record + 10]! ^= 1),
  ]) {
    matrix.write(5, Float32Array.of(1, 1, 1));
    const bytes = Buffer.from(whole);
    damage(bytes);
    writeFileSync(path, bytes);
    putBack(matrix, path);
    t.same([...matrix.read(5, 1)], [0, 0, 0]);
    t.same([...matrix.read(7, 1)], [3, 3, 3]);
    t.same([...matrix.read(9, 1)], [5, 5, 5]);
  }
  t.end();
});
