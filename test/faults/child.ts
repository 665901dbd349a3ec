/** Trains as its argument says, and writes a line for each report. */
import { train, type TrainOptions } from '../../pipelines/train.js';

await train(JSON.parse(process.argv[2]!) as TrainOptions, {
  report: ({ stage, done }) => {
    process.stdout.write(`${JSON.stringify({ stage, done })}\n`);
  },
});
