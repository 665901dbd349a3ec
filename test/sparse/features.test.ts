import t from 'tap';
import { writeFileSync } from 'node:fs';
import { mkdir, readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { countDocuments } from '../../src/sparse/count-documents.js';
import { FeatureCounter } from '../../src/sparse/feature-counter.js';
import { featureFiles, Features, kindsOf, type LeastFrequencies } from '../../src/sparse/features.js';
import { namesOfTerms } from '../../src/sparse/terms.js';
import { textsOf } from './texts.js';

const least: LeastFrequencies = { word: 1, bigram: 2, characters: 3 };

async function count(
  folder: string,
  texts: readonly string[],
  { most, batch = 7 }: { most?: number; batch?: number } = {},
): Promise<string> {
  await mkdir(folder);
  using counter = new FeatureCounter({ scratch: folder, ...(most !== undefined && { most }) });
  for (let i = 0; i < texts.length; i += batch) {
    const some = texts.slice(i, i + batch);
    counter.add(countDocuments(some, kindsOf(least)), some.length);
  }
  await counter.finish(join(folder, 'features'), least);
  return join(folder, 'features');
}

void t.test('features are the terms of enough documents, with their inverse frequencies', async (t) => {
  const texts = textsOf(300);
  const features = new Features(await count(join(t.testdir(), 'f'), texts));
  const plain = new Map<string, number>();
  const termOf = new Map<string, number>();
  for (const text of texts)
    for (const kind of kindsOf(least))
      for (const [term, name] of namesOfTerms(text, new Set([kind]))) {
        plain.set(`${kind} ${name}`, (plain.get(`${kind} ${name}`) ?? 0) + 1);
        termOf.set(`${kind} ${name}`, term);
      }
  let expected = 0;
  for (const [name, frequency] of plain) {
    const column = features.columnOf(termOf.get(name)!);
    const kind = name.split(' ')[0] as keyof LeastFrequencies;
    if (frequency < least[kind]!) t.equal(column, -1);
    else {
      expected++;
      t.equal(features.kindOf(column), kind);
      t.ok(Math.abs(features.idf[column]! - Math.log(301 / (1 + frequency)) - 1) < 1e-5);
    }
  }
  t.equal(features.count, expected);
  t.equal(features.columnOf(12345), -1);
});

void t.test('what does not fit in memory is counted the same', async (t) => {
  const dir = t.testdir();
  const texts = textsOf(300);
  const whole = await count(join(dir, 'whole'), texts);
  const spilt = await count(join(dir, 'spilt'), texts, { most: 100, batch: 31 });
  t.ok((await readdir(join(dir, 'spilt'))).length > 20);
  for (const part of ['terms', 'frequencies', 'description'] as const)
    t.same(await readFile(featureFiles(spilt)[part]), await readFile(featureFiles(whole)[part]));
});

void t.test('texts without words have no features', async (t) => {
  const features = new Features(await count(join(t.testdir(), 'f'), ['', '…']));
  t.equal(features.count, 0);
  t.equal(features.columnOf(0), -1);
});

void t.test('files that do not belong together are refused', async (t) => {
  const dir = t.testdir();
  const [a, b] = [await count(join(dir, 'a'), ['x y z']), await count(join(dir, 'b'), ['x'])];
  writeFileSync(featureFiles(a).terms, await readFile(featureFiles(b).terms));
  t.throws(() => new Features(a), { code: 'ERR_INPUT', message: /do not belong together/ });
  writeFileSync(featureFiles(a).description, '{"documents": -1}');
  t.throws(() => new Features(a), { code: 'ERR_INPUT', message: /a\/features\.json: documents/ });
});
