/** The log of epochs, of which those before the last checkpoint are never trained again. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isThere } from '../../../src/files/is-there.js';
import { forgetEpochs, lineOf, logEpoch, type LoggedEpoch } from '../../../src/stages/epoch-log.js';
import { hold, type MakeLife } from '../life.js';
import { ROOT } from '../simulated-disk.js';

const PATH = join(ROOT, 'training.jsonl');

export const logLife: MakeLife = (random) => {
  const acknowledged: LoggedEpoch[] = [];
  return {
    retries: false, // training ends when it cannot be logged
    async recover() {
      await forgetEpochs(PATH, { stage: 'train', from: acknowledged.length });
      const expected = acknowledged.map(lineOf).join('');
      const found = isThere(PATH) ? readFileSync(PATH, 'utf8') : '';
      hold(found === expected, () => `the log is ${JSON.stringify(found)}, not ${JSON.stringify(expected)}`);
    },
    async step() {
      const epoch = { stage: 'train', epoch: acknowledged.length, loss: random.next(), seconds: 1 };
      logEpoch(PATH, epoch);
      return () => acknowledged.push(epoch);
    },
  };
};
