export { operator, type Context, type Operator, type Step, type Transform } from './stream/operator.js';
export { chain } from './stream/chain.js';
export { concurrent } from './stream/concurrent.js';
export { pipeline, Pipeline, type Source } from './stream/pipeline.js';
export { Pool, pooled, type PooledOptions, type PoolOptions } from './stream/pooled.js';
export { Run, type OnProgress, type RunOptions } from './stream/run.js';
export { Finished, InputError, OperatorError } from './stream/errors.js';
export { openRun, type RunFiles } from './store/run-folder.js';
export { Predictor, type Prediction, type PredictorOptions } from './predict/predictor.js';
