/** What pipelines are composed of. Operators are imported one by one: `dexa/operators/tokenize`. */
export { operator, type Operator, type Transform } from './stream/operator.js';
export type { Context, Step } from './stream/step.js';
export { chain } from './stream/chain.js';
export { concurrent, type ConcurrentOptions } from './stream/concurrent.js';
export { pipeline, Pipeline, type Source } from './stream/pipeline.js';
export { Pool, pooled, type PooledOptions, type PoolOptions } from './stream/pooled.js';
export { Run, type OnProgress, type RunOptions } from './stream/run.js';
export { Finished, InputError, OperatorError } from './errors.js';
export type { Lists } from './formats/lists.js';
export { Matrix } from './formats/npy.js';
export { openDataset } from './open-dataset.js';
export type { Dataset, DatasetDescription, DatasetPaths } from './store/dataset.js';
export { openRun, type RunFiles } from './store/run-files.js';
export { DecileMetrics, decilesOf, type Decile } from './metrics/deciles.js';
export { inversePropensity, type PropensityConstants } from './metrics/propensity.js';
export { RankingMetrics, type Metrics } from './metrics/ranking.js';
export { Predictor, type Prediction } from './predict/predictor.js';
export type { PredictorOptions } from './predict/parts.js';
