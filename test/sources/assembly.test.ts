import { test } from 'tap';
import { rankerOf } from '../../src/ranker/kinds.js';
import { assemble } from '../../src/sources/assembly.js';
import { CLASSIFIER, ENCODER, FUSION } from '../../src/sources/published.js';
import { sourceOf } from '../../src/sources/kinds.js';
import type { TrainedRun } from '../../src/sources/run.js';

const [encoder, classifier] = [ENCODER, CLASSIFIER].map((spec) => sourceOf('run', spec));
const plain: TrainedRun = { folder: 'run', texts: 'run/label-texts', sources: [encoder!] };
const both: TrainedRun = {
  ...plain,
  sources: [encoder!, classifier!],
  ranker: rankerOf('run', FUSION),
};
const fieldsOf = (...given: Parameters<typeof assemble>): string[] =>
  assemble(...given).parts.map(({ field }) => field);

test('the ranker answers if there is one, otherwise the first source', (t) => {
  t.same(fieldsOf(plain, {}), ['tokens', 'embeddings', 'found']);
  t.same(fieldsOf(both, {}), ['tokens', 'embeddings', 'encoder', 'classifier']);
  t.match(assemble(both, {}), { ranker: both.ranker, candidates: 100 });
  t.end();
});

test('a source is chosen by its name, and the ranker as fused', (t) => {
  t.same(fieldsOf(both, { source: 'classifier' }), ['tokens', 'embeddings', 'found']);
  t.equal(assemble(both, { source: 'classifier' }).ranker, undefined);
  t.same(fieldsOf(both, { source: 'fused' }), fieldsOf(both, {}));
  t.end();
});

test('an unknown source is refused, naming those of the run', (t) => {
  t.throws(() => assemble(plain, { source: 'fused' }), {
    message: 'run: has no source fused; it has encoder',
  });
  t.throws(() => assemble(both, { source: 'words' }), {
    message: 'run: has no source words; it has encoder, classifier, fused',
  });
  t.throws(() => assemble({ ...both, sources: [encoder!] }, {}), {
    message: 'run: has no source classifier; it has encoder, fused',
  });
  t.end();
});

test('sources of the same model are adjacent, so that each model embeds once', (t) => {
  const other = sourceOf('run', { ...ENCODER, name: 'other', files: { ...ENCODER.files, model: 'second' } });
  const sources = ['encoder', 'other', 'classifier'];
  const ranker = { ...both.ranker!, sources };
  t.same(fieldsOf({ ...both, sources: [encoder!, other, classifier!], ranker }, {}), [
    ...['tokens', 'embeddings', 'encoder', 'classifier'],
    ...['tokens', 'embeddings', 'other'],
  ]);
  t.end();
});
