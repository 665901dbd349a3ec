import { join } from 'node:path';
import { test } from 'tap';
import { createModel, loadModel, readConfig } from '../../src/encode/model-folder.js';
import { encoderOf } from '../../src/encode/encoders.js';
import { readSafetensors, writeSafetensors } from '../../src/formats/safetensors.js';
import { writeFileSync } from 'node:fs';

for (const encoder of ['bag', 'use-lite'] as const)
  test(`a new ${encoder} has all its files, and no others`, async (t) => {
    const folder = t.testdir();
    createModel(folder, { encoder, maxLength: 16 });
    const { config, parameters } = loadModel(folder);
    t.match(config, { encoder, maxLength: 16 });
    const { tables, dense } = encoderOf(config);
    t.same(Object.keys(parameters).sort(), Object.keys({ ...tables, ...dense }).sort());
  });

test('a bag of fewer dimensions preserves most of the inner products; one of more has a little noise', async (t) => {
  const dir = t.testdir();
  const [whole, small, large] = ['whole', 'small', 'large'].map((name) => join(dir, name)) as [
    string,
    string,
    string,
  ];
  createModel(whole, { maxLength: 16 });
  createModel(small, { dim: 64, maxLength: 16 });
  createModel(large, { dim: 300, maxLength: 16 });
  t.same(
    [whole, small, large].map((folder) => loadModel(folder).config.dim),
    [256, 64, 300],
  );
  const [all, kept, more] = [whole, small, large].map(
    (folder) => loadModel(folder).parameters['embedding']!.data,
  );
  const dot = (rows: Float32Array, dim: number, i: number, j: number) =>
    rows.subarray(i * dim, (i + 1) * dim).reduce((sum, x, d) => sum + x * rows[j * dim + d]!, 0);
  let [error, size, noise] = [0, 0, 0];
  for (let i = 0; i < 8000; i += 7)
    for (const j of [i, (i + 1001) % 8000]) {
      error += (dot(all!, 256, i, j) - dot(kept!, 64, i, j)) ** 2;
      noise += (dot(all!, 256, i, j) - dot(more!, 300, i, j)) ** 2;
      size += dot(all!, 256, i, j) ** 2;
    }
  t.ok(error < 0.25 * size, `${error / size} of the squares lost`);
  t.ok(noise > 0 && noise < 1e-3 * size, `${noise / size} of noise`);
});

test('a parameter that is missing or of another shape is reported', async (t) => {
  const folder = t.testdir();
  createModel(folder, { maxLength: 16 });
  const path = join(folder, 'model.safetensors');
  const whole = readSafetensors(path);
  const vectors = (dim: number) => ({ shape: [1, dim], data: new Float32Array(dim) });
  for (const [name, tensor, message] of [
    ['linear.bias', vectors(256), 'linear.bias has shape [1, 256], expected [256]'],
    ['embedding', vectors(8), 'embedding has shape [1, 8], expected [any, 256]'],
  ] as const) {
    writeSafetensors(path, { ...whole, [name]: tensor });
    t.throws(() => loadModel(folder), { name: 'InputError', message: `${path}: ${message}` });
  }
  writeSafetensors(path, { embedding: whole['embedding']! });
  t.throws(() => loadModel(folder), {
    message: `${path}: linear.weight has shape [absent], expected [256, 256]`,
  });
});

test('an invalid configuration is refused in one line', async (t) => {
  const folder = t.testdir();
  const path = join(folder, 'config.json');
  for (const [config, message] of [
    [{ encoder: 'other', dim: 8, maxLength: 8 }, /config.json: .*encoder/],
    [{ encoder: 'bag', dim: 0, maxLength: 8 }, /config.json: .*dim/],
  ] as const) {
    writeFileSync(path, JSON.stringify(config));
    t.throws(() => readConfig(folder), { name: 'InputError', message });
  }
});
