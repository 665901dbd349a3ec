import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'tap';
import { openRun } from '../../src/index.js';
import { CLASSIFIER, ENCODER, FUSION } from '../../src/sources/published.js';

const namesOf = (folder: string): string[] => openRun(folder).sources.map(({ name }) => name);

test('a run without a manifest has the sources whose files exist', (t) => {
  const folder = t.testdir({ model: {} });
  t.same(namesOf(folder), ['encoder']);
  t.equal(openRun(folder).ranker, undefined);
  writeFileSync(join(folder, 'classifiers.npy'), '');
  t.same(namesOf(folder), ['encoder', 'classifier']);
  t.equal(openRun(folder).ranker, undefined);
  writeFileSync(join(folder, 'fusion.json'), '');
  t.same(openRun(folder).ranker?.sources, ['encoder', 'classifier']);
  t.end();
});

test('a run whose manifest was lost is not taken for one of an earlier version', (t) => {
  for (const later of ['digests.json', 'ranker.json', 'text-embeddings.npy', 'features']) {
    const folder = t.testdir({ model: {}, 'classifiers.npy': '', [later]: '' });
    const message = new RegExp(`manifest\\.json: not found, but .* contains ${later}: it was lost$`);
    t.throws(() => openRun(folder), { name: 'InputError', message });
  }
  t.end();
});

test('a manifest names the sources of a run and their files', (t) => {
  const folder = t.testdir();
  const write = (manifest: unknown): void => {
    writeFileSync(join(folder, 'manifest.json'), JSON.stringify(manifest));
  };
  const far = { ...ENCODER, name: 'far', files: { ...ENCODER.files, labels: 'deep/far.npy' } };
  write({ system: 'dexa', sources: [far, CLASSIFIER], ranker: FUSION });
  const { sources, ranker } = openRun(folder);
  t.match(sources, [
    { name: 'far', scale: 'cosine', files: { labels: join(folder, 'deep', 'far.npy') } },
    { name: 'classifier' },
  ]);
  t.equal(ranker?.candidates, 100);

  const refused = (manifest: unknown, message: RegExp): void => {
    write(manifest);
    t.throws(() => openRun(folder), { name: 'InputError', message });
  };
  refused({}, /manifest\.json: names no source; .* is not a finished run$/);
  refused({ sources: [{ ...far, kind: 'tree' }] }, /source far: kind tree is unknown; known: vectors, /);
  refused({ sources: [{ ...far, kind: 'toString' }] }, /kind toString is unknown/);
  refused({ sources: [{ ...far, files: {} }] }, /source far: files\.model: .*, got none$/);
  refused({ sources: [{ ...far, name: 'fused' }] }, /sources\.0\.name: name taken, got "fused"$/);
  refused(
    { sources: [far], ranker: { ...FUSION, kind: 'vote' } },
    /ranker: kind vote is unknown; known: boosted, published$/,
  );
  t.end();
});

test('a folder without a model is not a finished run', (t) => {
  const folder = t.testdir();
  mkdirSync(join(folder, 'checkpoints'));
  t.throws(() => openRun(folder), { message: /model: not found; .* is not a finished run$/ });
  t.end();
});
