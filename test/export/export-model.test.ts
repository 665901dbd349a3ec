import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'tap';
import { createModel } from '../../src/encode/model-folder.js';
import { exportModel } from '../../src/export/export-model.js';

void test('a bag with hashed words is refused, before anything is written', (t) => {
  const dir = t.testdir();
  const [from, out] = [join(dir, 'model'), join(dir, 'exported')];
  createModel(from, { dim: 8, words: 10, maxLength: 8 });
  t.throws(
    () => {
      exportModel(out, { from });
    },
    { name: 'InputError', message: /has rows for hashed words.*--words 0/ },
  );
  t.notOk(existsSync(out));
  t.end();
});
