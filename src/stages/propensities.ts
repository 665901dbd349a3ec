/** Inverse propensities of the labels (Jain et al. 2016), an input of the ranker. */
import { inversePropensity } from '../metrics/propensity.js';
import { Matrix } from '../formats/npy.js';
import { FLOAT } from './cost.js';
import type { DataFiles } from './data-files.js';
import type { Stage } from './stage.js';

/** Labels per read. */
const BLOCK = 65_536;

/** Leaves `inversePropensity`, `.npy` float32 `[labels]`: 1 / p. */
export const propensities = (): Stage<
  { data: DataFiles; frequency: string },
  { inversePropensity: string },
  never
> => ({
  name: 'propensities',
  options: {},
  leaves: ({ kept }) => ({ inversePropensity: kept('inverse-propensity.npy') }),
  cost: ({ labels }) => ({
    work: {},
    disk: [{ what: 'inverse propensities', bytes: labels * FLOAT, lasts: 'run' }],
  }),
  run: async ({ data, frequency }, { inversePropensity: path }) => {
    const { train, propensity } = data.dataset;
    const weightOf = inversePropensity((count) => count, train, propensity);
    using counts = Matrix.open(frequency, 'int32');
    using weights = Matrix.create(path, { dtype: 'float32', cols: 1 });
    for (const { values } of counts.blocks(BLOCK)) weights.append(Float32Array.from(values, weightOf));
    weights.finish();
  },
});
