import { test } from 'tap';
import { inputKind, outputKind } from '../../src/command/kinds.js';

test('a file of texts is read by its kind; of another kind it is refused, not taken for lines', async (t) => {
  for (const path of ['-', 'texts.txt', 'a.b/texts', '/dev/fd/63', 'x.TXT.gz', 'texts.gz'])
    t.equal(inputKind(path), 'lines', path);
  for (const path of ['x.parquet', 'a/x.PARQUET']) t.equal(inputKind(path), 'parquet', path);
  for (const path of ['x.jsonl', 'x.ndjson.gz']) t.equal(inputKind(path), 'jsonl', path);
  for (const path of ['x.tsv', 'x.csv', 'x.csv.zst']) t.equal(inputKind(path), 'csv', path);
  for (const path of ['x.xlsx', 'x.json', 'x.parquet.gz'])
    t.throws(
      () => inputKind(path),
      { name: 'InputError', message: `${path}: expected .csv, .tsv, .jsonl, .parquet or` },
      path,
    );
});

test('rows are written as what the file is called', async (t) => {
  t.equal(outputKind('-'), 'jsonl');
  t.equal(outputKind('x.jsonl'), 'jsonl');
  t.equal(outputKind('x.parquet'), 'parquet');
  for (const path of ['x.tsv', 'x.csv', 'predictions', 'x.txt'])
    t.throws(
      () => outputKind(path),
      { name: 'InputError', message: `${path}: expected .parquet, .jsonl` },
      path,
    );
});
