import { test } from 'tap';
import { pack, selectTexts } from '../../src/encode/pack.js';
import { textArrays } from '../../src/encode/texts.js';
import { toLists } from '../../src/formats/lists.js';

test('texts are packed without padding between them', async (t) => {
  const packed = pack(toLists([[5, 9, 5], []]), toLists([[7]]));
  t.same(packed, {
    ids: Int32Array.of(5, 7, 9),
    row: Int32Array.of(0, 2, 0, 1),
    offsets: Int32Array.of(0, 3, 3, 4),
  });
  t.same(selectTexts(packed, [0, 1]), {
    ids: Int32Array.of(5, 9),
    row: Int32Array.of(0, 1, 0),
    offsets: Int32Array.of(0, 3, 3),
  });
  t.same(selectTexts(packed, [2, 0]), {
    ids: packed.ids,
    row: Int32Array.of(1, 0, 2, 0),
    offsets: Int32Array.of(0, 1, 4),
  });
});

test('weights of tokens go where the tokens go', async (t) => {
  const texts = { ...toLists([[5, 9], [], [7]]), weights: Float32Array.of(0.5, 0.25, 0.75) };
  const packed = pack(texts, { ...toLists([[5]]), weights: Float32Array.of(0.125) });
  t.same(packed.weights, Float32Array.of(0.5, 0.25, 0.75, 0.125));
  t.same(selectTexts(packed, [2, 0]).weights, Float32Array.of(0.75, 0.5, 0.25));
  t.same(
    textArrays(selectTexts(packed, [2, 3]), { begin: [0, 1] }, { texts: 2, width: 1, sequences: 4 })[
      'weight'
    ],
    Float32Array.of(0.75, 0.125, 0, 0),
  );
  t.throws(() => pack(texts, toLists([[5]])), RangeError);
});
