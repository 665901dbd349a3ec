import fc from 'fast-check';
import { test } from 'tap';
import { endToEnd, layOut, longest } from '../../src/encode/sequences.js';
import { Random } from '../../src/random.js';

const offsetsOf = (lengths: readonly number[]): Int32Array => {
  const offsets = new Int32Array(lengths.length + 1);
  lengths.forEach((length, i) => (offsets[i + 1] = offsets[i]! + length));
  return offsets;
};

test('no text is cut and no two overlap', async () => {
  fc.assert(
    fc.property(fc.array(fc.nat({ max: 16 })), (lengths) => {
      const { begin, sequences, width } = layOut(offsetsOf(lengths), 16);
      const taken = new Set<number>();
      lengths.forEach((length, text) => {
        const at = begin[text]!;
        if (length > 0 && Math.floor(at / width) !== Math.floor((at + length - 1) / width))
          throw new Error(`text ${text} is cut`);
        for (let i = at; i < at + length; i++) taken.add(i);
      });
      const tokens = lengths.reduce((sum, length) => sum + length, 0);
      return taken.size === tokens && [...taken].every((at) => at < sequences * width);
    }),
  );
});

test('there is hardly any padding', async (t) => {
  const random = new Random(1);
  const lengths = Array.from({ length: 512 }, () => 1 + random.below(27));
  const offsets = offsetsOf(lengths);
  const { sequences, width } = layOut(offsets, 32);
  const filled = offsets.at(-1)! / (sequences * width);
  t.ok(filled > 0.97, `${(100 * filled).toFixed(1)} % of the tokens are real`);
});

test('a text longer than a sequence is refused', async (t) => {
  t.throws(() => layOut(Int32Array.of(0, 5), 4), {
    message: 'a text of 5 tokens does not fit sequences of 4',
  });
});

test('without attention, texts are laid end to end', async (t) => {
  const offsets = Int32Array.of(0, 3, 3, 4);
  t.same(endToEnd(offsets), { begin: Int32Array.of(0, 3, 3), sequences: 4, width: 1 });
  t.equal(longest(offsets), 3);
});
