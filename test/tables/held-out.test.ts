import { test } from 'tap';
import { heldGroups, heldRows, shareOf } from '../../src/tables/held-out.js';

test('a share of rows is held out, at least one of each part', async (t) => {
  const held = (rows: number, share: number, seed = 0): number[] =>
    Array.from({ length: rows }, (_x, row) => row).filter((row) =>
      heldRows({ share, seed, grouped: false }, rows)(row, false),
    );
  t.equal(held(1000, 0.1).length, 100);
  t.same([held(2, 0.01).length, held(2, 0.99).length, held(1, 0.5).length], [1, 1, 0]);
  t.same(held(100, 0.2), held(100, 0.2));
  t.notSame(held(100, 0.2, 1), held(100, 0.2));
});

test('groups are held out as a whole', async (t) => {
  const isHeld = heldGroups({ share: 0.3, seed: 5, grouped: true });
  const held = Array.from({ length: 1000 }, (_x, i) => isHeld(`group ${i}`)).filter(Boolean).length;
  t.ok(held > 250 && held < 350, `${held}`);
  const rows = heldRows({ share: 0.3, seed: 5, grouped: true }, 10);
  t.same([rows(0, true), rows(0, false)], [true, false]);
});

test('a share is a percentage below 100', async (t) => {
  t.same([shareOf('10%'), shareOf('2.5%')], [0.1, 0.025]);
  for (const text of ['0%', '100%', '10', '-1%', ''])
    t.throws(() => shareOf(text), {
      name: 'InputError',
      message: `heldOut: expected a share such as 10%, got ${text}`,
    });
});
