import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'tap';
import { InputError } from '../../src/errors.js';
import { loadBoosted, saveBoosted } from '../../src/ranker/boosted-file.js';
import type { BoostedModel } from '../../src/ranker/boosted-model.js';

const model: BoostedModel = {
  sources: [{ name: 'encoder', byDifference: false }],
  most: 100,
  curve: { low: 1, high: 1.25, shift: -0.5 },
  forest: {
    roots: Int32Array.of(0, 1),
    feature: Int16Array.of(-1, 2, -1, -1),
    threshold: Float32Array.of(-2, 4.5, 0.5, -0.25),
    below: Int32Array.of(0, 2, 0, 0),
    above: Int32Array.of(0, 3, 0, 0),
    missing: Int32Array.of(0, 3, 0, 0),
  },
};
const comparison = { sources: {}, without: {}, fused: {}, leftOut: [], calibrationError: 0 };

test('a model is read as it was saved', async (t) => {
  const path = join(t.testdir(), 'ranker.json');
  await saveBoosted(path, model, comparison);
  t.same(loadBoosted(path), model);
});

test('a file whose trees have no end, or lead nowhere, is refused in one line', async (t) => {
  const path = join(t.testdir(), 'ranker.json');
  await saveBoosted(path, model, comparison);
  const saved = readFileSync(path, 'utf8');
  const damaged: [RegExp, string, string][] = [
    [/"below": \[\s*0,\s*2/, '"below": [0, 1', 'node 1 of 4'],
    [/"above": \[\s*0,\s*3/, '"above": [0, 4', 'node 1 of 4'],
    [/"above": \[\s*0,\s*3/, '"above": [0, 2', 'node 1 of 4'],
    [/"missing": \[\s*0,\s*3/, '"missing": [0, 1', 'missing 1'],
    [/"feature": \[\s*-1,\s*2/, '"feature": [-1, 8', 'feature 8 of 8'],
    [/"roots": \[\s*0,\s*1/, '"roots": [0, 4', 'root 4'],
    [/"missing": \[\s*0,/, '"missing": [', 'expected 4 values'],
    [/"high": 1.25/, '"high": -1', 'curve.high'],
  ];
  for (const [from, to, message] of damaged) {
    const text = saved.replace(from, to);
    t.not(text, saved);
    writeFileSync(path, text);
    t.throws(() => loadBoosted(path), InputError);
    t.throws(() => loadBoosted(path), { message: new RegExp(`${message}[^\n]*$`) });
  }
});
