import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type Test } from 'tap';
import * as z from 'zod';
import { ENCODER } from '../../src/sources/published.js';
import { readManifest } from '../../src/stages/manifest.js';
import { scratchOf, workOf } from '../../src/stages/places.js';
import { runSystem } from '../../src/stages/run-system.js';
import type { Stage } from '../../src/stages/stage.js';
import { system } from '../../src/stages/system.js';
import { RunLock } from '../../src/store/run-lock.js';
import { refusal } from '../refusal.js';
import { tinyDataset } from '../tiny.js';

/** The stages that ran, in order. */
let ran: string[] = [];
/** A stage that fails when it runs. */
let failing = '';

const TextOptions = z.object({ text: z.string(), more: z.string().default('') });

/** Writes a text behind that of its input; the file is kept if it is called so. */
const append = (name: string, text: string, bytes = 0): Stage<{ from?: string }, { file: string }> => ({
  name,
  options: { text },
  leaves: ({ kept, temporary }) => ({ file: name.startsWith('kept') ? kept(name) : temporary(name) }),
  cost: () => ({ work: { [name]: { rows: 1 } }, disk: [{ what: name, bytes, lasts: 'training' }] }),
  run: async ({ from }, { file }, { scratch, summarise }) => {
    ran.push(name);
    if (name === failing) {
      mkdirSync(join(scratch, 'checkpoints'));
      throw new Error(`${name} fails`);
    }
    writeFileSync(file, `${from === undefined ? '' : readFileSync(from, 'utf8')}${text}`);
    summarise(`${name} is written`);
    return { length: text.length };
  },
});

/** A temporary file, then a kept one made from it, and another from that where `more` is given. */
const toy = system({
  name: 'toy',
  summary: 'writes texts',
  paper: '',
  options: { texts: TextOptions },
  async build(steps, _data, { texts: { text, more } }) {
    const first = await steps.do(append('first', 'a'), {});
    const { file } = await steps.do(append('kept', text), { from: first.file });
    await steps.remove(first);
    await steps.offer({ source: ENCODER });
    if (more !== '') await steps.do(append('kept-too', more), { from: file });
  },
});

async function setUp(t: Test) {
  const dir = t.testdir();
  const [data, run] = [join(dir, 'data'), join(dir, 'run')];
  await tinyDataset(data);
  const build = async (text: string, more = '') => {
    ran = [];
    return runSystem(toy, { data, run, resume: false, values: { texts: { text, more } } });
  };
  return { data, run, build };
}

test('a system leaves what is kept, with its manifest, and nothing temporary', async (t) => {
  const { run, build } = await setUp(t);
  const { results, lines } = await build('b');
  t.same(ran, ['first', 'kept']);
  t.same(results, { first: { length: 1 }, kept: { length: 1 } });
  t.same(lines, ['first is written', 'kept is written']);
  t.equal(readFileSync(join(run, 'kept'), 'utf8'), 'ab');
  t.notOk(existsSync(workOf(run)));
  const { complete, sources, stages } = readManifest(run);
  t.match({ complete, sources }, { complete: true, sources: [{ name: 'encoder' }] });
  t.match(stages['kept'], {
    options: { text: 'b' },
    inputs: { from: 'first' },
    outputs: { kept: { bytes: 2 } },
  });
  t.match(
    await refusal(t, build('b')),
    /run: already holds a trained model; .* or kept in it to repeat: kept$/,
  );
  t.match(await refusal(t, build('c')), /run: already holds a trained model/);
});

test('a stage that is done is not run again, one that failed is', async (t) => {
  const { run, build } = await setUp(t);
  failing = 'kept';
  await t.rejects(build('b'), /kept fails/);
  t.notOk(existsSync(join(run, 'kept')));
  failing = '';
  await build('b');
  t.same(ran, ['kept']);
  t.notOk(existsSync(scratchOf(run, 'kept')));
});

test('other options start over before anything is trained, and are refused afterwards', async (t) => {
  const { run, build } = await setUp(t);
  failing = 'first';
  await t.rejects(build('b'), /first fails/);
  rmSync(join(scratchOf(run, 'first'), 'checkpoints'), { recursive: true });
  failing = 'kept';
  await t.rejects(build('c'), /kept fails/);
  t.same(ran, ['first', 'kept']);
  failing = '';
  t.match(
    await refusal(t, build('d')),
    /run: was started with text "c", not "d"; delete the folder to start over$/,
  );
  t.same(ran, [], 'nothing was run');
  await build('c');
});

test('an output that changed is written again', async (t) => {
  const { run, build } = await setUp(t);
  failing = 'kept';
  await t.rejects(build('b'), /kept fails/);
  failing = '';
  writeFileSync(join(workOf(run), 'first'), 'damaged');
  const notes: string[] = [];
  await runSystem(
    toy,
    { data: join(run, '..', 'data'), run, resume: true, values: { texts: { text: 'b', more: '' } } },
    { note: (message) => notes.push(message) },
  );
  t.match(notes, [/work\/first: .*; repeating: first$/]);
  t.equal(readFileSync(join(run, 'kept'), 'utf8'), 'ab');
});

test('stages can be added to a complete run, and repeated where their files were deleted', async (t) => {
  const { run, build } = await setUp(t);
  await build('b');
  await build('b', 'c');
  t.same(ran, ['first', 'kept-too'], 'what was temporary is made again');
  t.equal(readFileSync(join(run, 'kept-too'), 'utf8'), 'abc');
  t.match(await refusal(t, build('b', 'd')), /already holds a trained model/);
  rmSync(join(run, 'kept-too'));
  await build('b', 'd');
  t.equal(readFileSync(join(run, 'kept-too'), 'utf8'), 'abd', 'also with other options');
  rmSync(join(run, 'kept-too'));
  await build('x', 'd');
  t.equal(readFileSync(join(run, 'kept-too'), 'utf8'), 'axd', 'and so is what nothing else was made from');
});

test('a folder of something else is refused', async (t) => {
  const { run, build } = await setUp(t);
  mkdirSync(run);
  writeFileSync(join(run, 'letter'), '');
  t.match(await refusal(t, build('b')), /run: contains letter, which is not part of a dexa run$/);
  rmSync(join(run, 'letter'));
  writeFileSync(join(run, 'config.json'), '{}');
  t.match(await refusal(t, build('b')), /run: was started by an earlier dexa, without a manifest/);
});

test('a store outside of the run is held while a stage writes it and others may read it', async (t) => {
  const { data, run } = await setUp(t);
  const store = join(run, '..', 'store');
  const used = /store: is being used by process \d+ /;
  const isUsed = (when: string): void => {
    t.throws(() => new RunLock(store, 'is being used'), { name: 'InputError', message: used }, when);
  };
  const write: ReturnType<typeof append> = {
    ...append('write', ''),
    leaves: () => ({ file: join(store, 'tokens') }),
    async run(_inputs, { file }) {
      mkdirSync(store, { recursive: true });
      writeFileSync(file, '');
      isUsed('while it is written');
    },
  };
  const read: ReturnType<typeof append> = {
    ...append('read', ''),
    async run(_inputs, { file }) {
      writeFileSync(file, '');
      isUsed('while it is read');
      t.match(await refusal(t, train(`${run}-2`)), used, 'by a second training');
    },
  };
  const user = system({
    name: 'user',
    summary: 'uses a store',
    paper: '',
    options: {},
    async build(steps) {
      await steps.do(read, { from: (await steps.do(write, {})).file });
    },
  });
  const train = (run: string) => runSystem(user, { data, run, resume: false, values: {} });
  await train(run);
  t.notOk(existsSync(`${store}.lock`), 'it is released');
});

test('a run that must be resumed must have been started', async (t) => {
  const { data, run } = await setUp(t);
  const values = { texts: { text: 'b', more: '' } };
  t.match(
    await refusal(t, runSystem(toy, { data, run, resume: true, values })),
    /run: no stopped run to resume$/,
  );
  t.notOk(existsSync(run));
});
