/** Files that were once read wrongly are read as by another reader, or refused. */
import { test } from 'tap';
import { Campaign } from './campaign.js';
import { readCorpus } from './corpus.js';
import { FORMAT_NAMES } from './formats.js';

for (const format of FORMAT_NAMES)
  test(`the corpus of ${format}`, async (t) => {
    const corpus = readCorpus(format);
    using campaign = new Campaign(format, { dir: t.testdir(), seed: 1, corpus, goOn: () => false });
    const { accepted, refused, defects } = await campaign.run();
    for (const { what } of defects) t.fail(what);
    t.equal(accepted + refused, corpus.length);
  });

test('the corpus is small', async (t) => {
  const bytes = FORMAT_NAMES.flatMap((format) => readCorpus(format)).map((file) => file.bytes.length);
  t.ok(bytes.reduce((sum, length) => sum + length, 0) < 200_000);
});
