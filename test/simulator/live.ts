/** Lives one life through crashes and errors, all drawn from one seed. */
import { Random } from '../../src/random.js';
import { Broken, type Life, type MakeLife } from './life.js';
import { mounted } from './mounted.js';
import { SimulatedDisk, type Lie } from './simulated-disk.js';
import { CALM, drawWeather, type Counts } from './weather.js';

/** Processes that meet a fault, before the last two, which meet none. */
const PROCESSES = 8;
/** Operations of a process that nothing stops. */
const STEPS = 12;

export interface Outcome {
  counts: Counts;
  /** What did not hold. */
  broken: string | undefined;
}

export async function live(make: MakeLife, seed: number, lie?: Lie): Promise<Outcome> {
  const random = Random.of(seed, 'processes');
  const disk = new SimulatedDisk(Random.of(seed, 'disk'), lie);
  const life = make(Random.of(seed, 'life'));
  const broken = await mounted(disk, async () => {
    for (let i = 0; i < PROCESSES + 2; i++) {
      const weather = i < PROCESSES ? drawWeather(random) : CALM;
      if (i > 0) disk.restart({ power: random.next() < 0.6, weather });
      else disk.weather = weather;
      const found = await runProcess(disk, life);
      if (found !== undefined) return `process ${i + 1}: ${found}`;
    }
    return undefined;
  });
  return { counts: disk.counts, broken };
}

/** Until it crashes, fails or has done enough. Returns what did not hold. */
async function runProcess(disk: SimulatedDisk, life: Life): Promise<string | undefined> {
  for (let step = -1; step < STEPS; step++) {
    const errors = disk.errors;
    try {
      const done = await (step < 0 ? life.recover() : life.step());
      if (disk.crashed) return undefined;
      done?.();
    } catch (error) {
      if (error instanceof Broken) return error.message;
      if (disk.crashed) return undefined;
      if (disk.errors === errors) return `failed without a fault: ${String(error)}`;
      if (step < 0 || !life.retries) return undefined;
    }
  }
  return undefined;
}
