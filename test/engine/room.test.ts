import fc from 'fast-check';
import { test } from 'tap';
import { Room } from '../../src/engine/room.js';

test('a size suffices, is a multiple of 64, and only grows', async () => {
  fc.assert(
    fc.property(fc.array(fc.nat({ max: 100_000 })), (needs) => {
      const room = new Room();
      let last = 0;
      return needs.every((needed) => {
        const size = room.fit('tokens', needed);
        const stays = needed <= last ? size === last : size % 64 === 0;
        last = Math.max(last, size);
        return size >= needed && stays && size === last;
      });
    }),
  );
});

test('after a few batches one size fits all', async (t) => {
  const room = new Room();
  const needs = Array.from({ length: 1000 }, (_x, i) => 2000 + ((i * 7919) % 100));
  const sizes = new Set(needs.map((needed) => room.fit('tokens', needed)));
  t.ok(sizes.size <= 2, `${sizes.size} sizes`);
});

test('each name has its own size', async (t) => {
  const room = new Room();
  t.equal(room.fit('tokens', 1000), 1088);
  t.equal(room.fit('texts', 1), 64);
  t.equal(room.fit('tokens', 1), 1088);
});
