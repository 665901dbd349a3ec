import { test } from 'tap';
import { Random } from '../../src/random.js';
import { live } from './live.js';
import { LIVES } from './lives.js';
import { ROOT, SimulatedDisk, type Lie } from './simulated-disk.js';
import { CALM } from './weather.js';

/** `npm run test:simulator` tries more. */
const SEEDS = 100;
const LIES: readonly Lie[] = ['files are not synced', 'folders are not synced', 'failed syncs are not told'];
/** Within so many seeds a lie must be noticed. */
const MOST = 1000;

for (const [name, make] of Object.entries(LIVES))
  test(`${name}: what was acknowledged is there, whatever the disk does`, async (t) => {
    for (let seed = 1; seed <= SEEDS; seed++) {
      const { broken } = await live(make, seed);
      if (broken !== undefined) t.fail(`seed ${seed}: ${broken}`);
    }
    t.pass(`${SEEDS} seeds`);
  });

for (const lie of LIES)
  test(`it is noticed where ${lie}`, async (t) => {
    for (const [name, make] of Object.entries(LIVES)) {
      let seed = 1;
      while (seed <= MOST && (await live(make, seed, lie)).broken === undefined) seed++;
      t.ok(seed <= MOST, `${name}, by seed ${seed}`);
    }
  });

test('a loss of power takes or tears what was not synced, and nothing else', async (t) => {
  const found = new Set<string>();
  for (let seed = 1; seed <= 200; seed++) {
    const disk = new SimulatedDisk(new Random(seed));
    const [root, fd] = [disk.open(ROOT, 'r'), disk.open(`${ROOT}/a`, 'w+')];
    disk.write(fd, Buffer.alloc(40, 'a'), 0);
    disk.sync(fd);
    disk.sync(root);
    disk.write(fd, Buffer.alloc(40, 'b'), 0);
    disk.rename(`${ROOT}/a`, `${ROOT}/b`);
    disk.restart({ power: true, weather: CALM });
    const [name] = disk.list(ROOT);
    const content = Buffer.alloc(100);
    const length = disk.read(disk.open(`${ROOT}/${name!}`, 'r'), content, 0);
    found.add(name!).add(content.toString('latin1', 0, length).replaceAll(/(.)\1+/g, '$1'));
  }
  t.ok(
    ['a', 'b', 'ab', 'ba', 'aba', 'bab'].every((each) => found.has(each)),
    [...found].join(' '),
  );
  t.equal(found.size, 6, 'names or contents of before or after, whole or in sectors');
});
