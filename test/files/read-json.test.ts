import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'tap';
import { readJson } from '../../src/files/read-json.js';

test('a JSON file is UTF-8, with a mark or without', async (t) => {
  const path = join(t.testdir(), 'x.json');
  writeFileSync(path, '\ufeff{"name":"日本"}');
  t.same(readJson(path), { name: '日本' });
  writeFileSync(path, Buffer.from('{"name":"caf\xe9"}', 'latin1'));
  t.throws(() => readJson(path), {
    name: 'InputError',
    message: /x.json: not JSON: .*encoded data was not valid/,
  });
});
