import { test } from 'tap';
import { foundBy } from '../../src/sources/found-by.js';

test('tells the sources that found a label, with score and rank', (t) => {
  const found = {
    words: { k: 2, ids: Int32Array.of(4, 7, 9, -1), scores: Float32Array.of(3, 2, 0.5, -Infinity) },
    names: { k: 1, ids: Int32Array.of(4, 4), scores: Float32Array.of(0.25, 0.75) },
  };
  const by = (text: number, label: number) => foundBy(found, ['words', 'names'], { text, label });
  t.same(by(0, 7), [{ source: 'words', score: 2, rank: 2 }]);
  t.same(by(0, 4).map(({ source }) => source), ['words', 'names']); // prettier-ignore
  t.same(by(1, 4), [{ source: 'names', score: 0.75, rank: 1 }]);
  t.same(by(1, -1), [], 'no label at all');
  t.end();
});
