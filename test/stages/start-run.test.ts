import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'tap';
import { checkFolder } from '../../src/stages/start-run.js';

const REFUSED = {
  'a file': ['text', /run: is not a folder$/],
  'a folder of something else': [
    { 'notes.txt': '' },
    /run: contains notes\.txt, which is not part of a dexa run$/,
  ],
  'an unfinished run without a manifest': [
    { 'config.json': '{}', 'training.jsonl': '' },
    /run: was started by an earlier dexa, without a manifest; delete the folder to start over$/,
  ],
  'a finished run without a manifest': [
    { 'config.json': '{}', 'training.jsonl': '', model: {} },
    /run: was trained by an earlier dexa, .+; it can be evaluated and served, but not trained further$/,
  ],
  'a finished run whose manifest was lost': [
    { 'digests.json': '{}', 'training.jsonl': '', model: {} },
    /manifest\.json: not found, but .* contains digests\.json: it was lost$/,
  ],
} as const;

for (const [what, [run, message]] of Object.entries(REFUSED))
  test(`${what} is refused as a run's folder, and stays as it is`, (t) => {
    const dir = t.testdir({ run });
    t.throws(
      () => {
        checkFolder(join(dir, 'run'));
      },
      { code: 'ERR_INPUT', message },
    );
    if (run !== 'text') t.same(readdirSync(join(dir, 'run')).sort(), Object.keys(run).sort());
    t.end();
  });

test('a folder that is a run, that a run is about to start in, or that does not exist is taken', (t) => {
  const dir = t.testdir({
    run: { 'manifest.json': '{}', 'any.npy': '' },
    started: { 'manifest.json.tmp': '' },
    empty: {},
  });
  for (const name of ['run', 'started', 'empty', 'none'])
    t.doesNotThrow(() => {
      checkFolder(join(dir, name));
    });
  t.end();
});
