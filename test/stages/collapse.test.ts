import { test } from 'tap';
import { collapseWatch } from '../../src/stages/collapse.js';

const TRIPLET = { kind: 'ohnm-triplet', negatives: 10, margin: 0.3, temperature: 0.1 } as const;
const SOFTMAX = { kind: 'softmax', temperature: 0.05 } as const;

void test('embeddings that point the same way are told once, with what to do', (t) => {
  const judge = collapseWatch(TRIPLET, 1024);
  t.equal(judge({ loss: 0.05, cosine: 0.5 }), undefined);
  t.match(judge({ loss: 0.05, cosine: 0.98 }), /cosine of 0.98; try --loss softmax/);
  t.equal(judge({ loss: 0.05, cosine: 0.99 }), undefined);
  t.match(collapseWatch(SOFTMAX, 1024)({ loss: 3, cosine: 0.9 }), /try a lower --lr/);
  t.end();
});

void test('a loss that stays at that of equal cosines is told, one that passes it is not', (t) => {
  for (const [loss, batch, equal] of [
    [TRIPLET, 1024, 0.03],
    [TRIPLET, 4, 0.075],
    [{ ...TRIPLET, temperature: undefined }, 1024, 0.3],
    [SOFTMAX, 1024, Math.log(1024)],
  ] as const) {
    const judge = collapseWatch(loss, batch);
    for (const passing of [equal, 0.9 * equal, equal]) t.equal(judge({ loss: passing }), undefined);
    t.match(judge({ loss: 1.001 * equal }), /the loss stays at/);
  }
  t.end();
});
