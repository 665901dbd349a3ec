/** The readers agree with others about valid files, damaged ones and the corpus: no crash, no hang, no other value. */
import { test } from 'tap';
import { Campaign, MOST_MB } from './campaign.js';
import { readCorpus } from './corpus.js';
import { FORMAT_NAMES, type FormatName } from './formats.js';
import { HEAD, rowOf } from './report.js';
import { textTable } from '../../src/report/table.js';

/** Valid files of each format, about a minute of them on two cores. */
const ROUNDS: Readonly<Record<FormatName, number>> = {
  parquet: 150,
  npy: 100,
  safetensors: 100,
  jsonl: 60,
  csv: 60,
};

for (const format of FORMAT_NAMES)
  test(`${format} is read as by another reader, or refused`, async (t) => {
    using campaign = new Campaign(format, {
      dir: t.testdir(),
      seed: 1,
      corpus: readCorpus(format),
      goOn: (rounds) => rounds < ROUNDS[format],
    });
    const result = await campaign.run();
    t.comment(textTable([HEAD, rowOf(result)]));
    for (const { what, bytes } of result.defects) t.fail(`${what}\n${bytes.toString('base64')}`);
    t.equal(result.files, ROUNDS[format]);
    t.ok(result.peakMB <= MOST_MB, `${result.peakMB} MB`);
  });
