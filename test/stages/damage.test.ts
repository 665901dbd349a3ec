import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'tap';
import { forgetDamaged } from '../../src/stages/damage.js';
import type { Manifest } from '../../src/stages/manifest.js';
import { describeOutputs } from '../../src/stages/outputs.js';

/** A run of tokens → embeddings → clusters → model, whose embeddings and tokens were removed as no longer needed. */
async function resumed(dir: string): Promise<Manifest['stages']> {
  const kept = (name: string) => describeOutputs(dir, { path: join(dir, name) });
  const stage = (inputs: Record<string, string>, outputs: Manifest['stages'][string]['outputs']) => ({
    ...{ options: {}, inputs, identity: '', outputs },
  });
  return {
    tokenize: stage({ data: 'a digest' }, {}),
    embed: stage({ tokens: 'tokenize' }, {}),
    cluster: stage({ embeddings: 'embed' }, await kept('clusters.npy')),
    train: stage({ clusters: 'cluster' }, await kept('model.npy')),
    classify: stage({ model: 'train' }, undefined),
  };
}

const FILES = { 'clusters.npy': 'clusters', 'model.npy': 'model' };

async function forget(dir: string, stages: Manifest['stages'], planned = Object.keys(stages)) {
  const notes: string[] = [];
  await forgetDamaged(dir, { stages, planned }, { note: (note) => notes.push(note) });
  return { names: Object.keys(stages).filter((name) => !stages[name]!.outputs), notes };
}

test('what is not needed any more is not made again while nothing is damaged', async (t) => {
  const dir = t.testdir(FILES);
  t.same(await forget(dir, await resumed(dir)), { names: ['classify'], notes: [] });
});

test('a stage whose file is gone is repeated, with the removed ones that it reads, directly or not', async (t) => {
  const dir = t.testdir(FILES);
  const stages = await resumed(dir);
  rmSync(join(dir, 'clusters.npy'));
  const { names, notes } = await forget(dir, stages);
  t.same(names, ['tokenize', 'embed', 'cluster', 'classify']);
  t.match(notes, [
    /clusters\.npy: not found; repeating: cluster$/,
    /^embed: removed meanwhile; repeating it for: cluster$/,
    /^tokenize: removed meanwhile; repeating it for: embed$/,
  ]);
});

test('a stage whose file was changed is repeated, and none that is there', async (t) => {
  const dir = t.testdir(FILES);
  const stages = await resumed(dir);
  writeFileSync(join(dir, 'model.npy'), 'MODEL');
  const { names, notes } = await forget(dir, stages);
  t.same(names, ['train', 'classify']);
  t.match(notes, [/model\.npy: not what was written; repeating: train$/]);
});

test('a stage that is not planned stays as it is', async (t) => {
  const dir = t.testdir(FILES);
  const stages = await resumed(dir);
  rmSync(join(dir, 'model.npy'));
  t.same(await forget(dir, stages, ['classify']), { names: ['classify'], notes: [] });
});
