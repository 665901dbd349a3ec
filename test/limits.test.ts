import { readFileSync } from 'node:fs';
import { test } from 'tap';
import { limitsText } from './limits.js';

test('docs/limits.md says what the constants say', async (t) => {
  const plain = (text: string) => text.replaceAll(/ +/g, ' ').replaceAll(/-+/g, '-');
  t.equal(plain(readFileSync('docs/limits.md', 'utf8')), plain(limitsText()));
});
