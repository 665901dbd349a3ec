/** Flipped bits in a finished run: `verify` names the file, and no command answers from it or ends in anything but one line. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import tap, { test, type Test } from 'tap';
import { indexRun } from '../../pipelines/build-index.js';
import { evaluateRun } from '../../pipelines/evaluate.js';
import { exportRun } from '../../pipelines/export.js';
import { predict } from '../../pipelines/predict.js';
import { train } from '../../pipelines/train.js';
import { inputError } from '../../src/errors.js';
import { Predictor } from '../../src/index.js';
import { Random } from '../../src/random.js';
import { verifyRun } from '../../src/stages/verify.js';
import { tinyDataset } from '../tiny.js';

const FLIPS = 2000;

const dir = tap.testdir({ 'texts.txt': 'river\nbread music\n' });
const [data, run, input] = [join(dir, 'data'), join(dir, 'run'), join(dir, 'texts.txt')];
await tinyDataset(data);
await train({ data, run, epochs: 2, dim: 16, words: 0, aux: 4, batch: 32, threads: 1 });
const small = () => filesIn(run).filter((path) => !/manifest|\.usearch/.test(path));

/** All files below a folder. */
function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

/** Runs `work` while one bit of a file is flipped; `within`: the first bytes only. */
async function damaged(
  path: string,
  random: Random,
  work: (place: string) => Promise<void>,
  within = Infinity,
) {
  const bytes = readFileSync(path);
  const [at, bit] = [random.below(Math.min(bytes.length, within)), random.below(8)];
  const flipped = Uint8Array.from(bytes);
  flipped[at]! ^= 1 << bit;
  writeFileSync(path, flipped);
  try {
    await work(`${path}: byte ${at}, bit ${bit}`);
  } finally {
    writeFileSync(path, bytes);
  }
}

const COMMANDS: Readonly<Record<string, () => Promise<unknown>>> = {
  predict: () => predict({ run, input, out: join(dir, 'out.jsonl'), threads: 1 }),
  explain: () => predict({ run, input, out: join(dir, 'out.jsonl'), explain: true, threads: 1 }),
  evaluate: () => evaluateRun({ run, data, threads: 1 }),
  index: () => indexRun({ run, sample: 5, threads: 1 }),
  export: () => exportRun({ run, out: join(dir, `export-${(exports++).toString()}`) }),
  Predictor: async () => {
    await using predictor = await Predictor.open(run);
    await predictor.predict(['river']);
  },
};
let exports = 0;

/** Whether a command answered; one line is the only other end. */
async function answers(t: Test, place: string, name: string): Promise<boolean> {
  try {
    await COMMANDS[name]!();
    return true;
  } catch (error) {
    const refused = inputError(error);
    if (!refused || refused.message.includes('\n')) t.fail(`${name}, ${place}`, { error });
    return false;
  }
}

test('no command answers from a damaged file', async (t) => {
  const random = new Random(1);
  for (const path of small().filter((name) => !/jsonl|digests/.test(name)))
    await damaged(path, random, async (place) => {
      for (const name of Object.keys(COMMANDS))
        if (await answers(t, place, name)) t.fail(`${name} answers: ${place}`);
    });
  t.ok(await answers(t, 'intact', 'Predictor'));
});

test('without digests, as in runs of earlier versions, damage ends in one line or is read', async (t) => {
  const path = join(run, 'manifest.json');
  const whole = readFileSync(path, 'utf8');
  const manifest = JSON.parse(whole) as { seal?: string; stages: Record<string, { outputs?: object }> };
  delete manifest.seal;
  for (const stage of Object.values(manifest.stages)) delete stage.outputs;
  writeFileSync(path, JSON.stringify(manifest));
  const random = new Random(2);
  for (const file of small())
    await damaged(
      file,
      random,
      async (place) => {
        await answers(t, place, 'Predictor');
      },
      160,
    );
  writeFileSync(path, whole);
  t.pass('every end was one line');
});

test(`verify finds ${FLIPS} single flipped bits over all files, and names each file`, async (t) => {
  await indexRun({ run, sample: 5, threads: 1 });
  t.same((await verifyRun(run)).damages, []);
  const random = new Random(3);
  const files = filesIn(run);
  let found = 0;
  for (let i = 0; i < FLIPS; i++) {
    const path = files[i % files.length]!;
    await damaged(path, random, async (place) => {
      const { damages } = await verifyRun(run);
      const named = path.replace(/\.json$/, '');
      if (damages.some((damage) => damage.startsWith(path) || damage.startsWith(named))) found++;
      else t.comment(`not found: ${place}`);
    });
  }
  t.ok(found >= 0.999 * FLIPS, `${found} of ${FLIPS}`);
});
