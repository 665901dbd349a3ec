/** Trains with the options in its argument and writes a line per report; errors and exit codes as on the command line. */
import { Command as Commander } from 'commander';
import { train, type TrainOptions } from '../../pipelines/train.js';
import { parse } from '../../src/command/parse.js';

const program = new Commander().argument('options').action(async (options: string) => {
  await train(JSON.parse(options) as TrainOptions, {
    report: ({ stage, done }) => {
      process.stdout.write(`${JSON.stringify({ stage, done })}\n`);
    },
  });
});
await parse(program, process.argv);
