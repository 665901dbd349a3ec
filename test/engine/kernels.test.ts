import * as tf from '@tensorflow/tfjs';
import { test } from 'tap';
import { kernels } from '../../src/engine/kernels/index.js';
import { fusedKernels } from '../../src/engine/kernels/fused.js';
import { agree, kernelsOf, type Case } from './agree.js';
import { elementwiseCases } from './cases/elementwise.js';
import { indexingCases } from './cases/indexing.js';
import { linearAlgebraCases } from './cases/linear-algebra.js';
import { reductionCases } from './cases/reduction.js';
import { shapeCases } from './cases/shape.js';

tf.enableProdMode(); // suppresses its advice to install a native binding

const cases: Record<string, readonly Case[]> = {
  ...elementwiseCases,
  ...reductionCases,
  ...shapeCases,
  ...linearAlgebraCases,
  ...indexingCases,
};

test('every kernel has a case', async (t) => {
  const own = Object.keys(kernels).filter((name) => !(name in fusedKernels)); // see test/model/layers.test.ts
  t.same(Object.keys(cases).sort(), own.sort());
});

for (const [kernel, uses] of Object.entries(cases))
  test(`${kernel}: compiled and eager agree`, async (t) => {
    for (const use of uses) {
      t.ok((await kernelsOf(use)).includes(kernel), 'the case asks for the kernel');
      await agree(t, use);
    }
  });
