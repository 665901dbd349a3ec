import { test } from 'tap';
import { Random } from '../../src/random.js';
import { SharedTexts } from '../../src/tables/shared-texts.js';

test('test texts that are training texts are counted, blank ones are not', async (t) => {
  const random = new Random(1);
  const texts = (count: number): string[] =>
    Array.from({ length: count }, () => `日${random.below(4000).toString(36)}`);
  const [train, test] = [texts(5000), texts(3000)];
  const known = new Set(train);
  for (const most of [undefined, 1000]) {
    using shared = new SharedTexts(t.testdir(), most);
    shared.add('train', train.slice(0, 10));
    shared.add('test', [...test, '', ' ']);
    shared.add('train', [...train.slice(10), '']);
    t.equal(shared.count(), test.filter((text) => known.has(text)).length);
  }
});
