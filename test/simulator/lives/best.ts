/** The model of the best epoch so far. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { readJson } from '../../../src/files/read-json.js';
import { writeSafetensors, readSafetensors } from '../../../src/formats/safetensors.js';
import { BestModel, type Epoch } from '../../../src/store/best-model.js';
import { hold, type MakeLife } from '../life.js';
import { ROOT } from '../simulated-disk.js';

const FOLDER = join(ROOT, 'best');

export const bestLife: MakeLife = (random) => {
  let best: BestModel;
  let epoch = 0;
  let acknowledged = Infinity;
  return {
    retries: true,
    async recover() {
      best = new BestModel(FOLDER);
      if (acknowledged === Infinity) return;
      const found = readJson(join(best.path, 'best.json')) as Epoch;
      const { loss } = readSafetensors(join(best.path, 'weights.safetensors'));
      hold(found.loss <= acknowledged, () => `loss ${found.loss}, but ${acknowledged} was acknowledged`);
      hold(loss!.data[0] === found.loss, () => `weights of loss ${loss!.data[0]!}, not ${found.loss}`);
    },
    async step() {
      const offered = { epoch: epoch++, loss: random.below(1000) };
      await best.offer(offered, async (folder) => {
        mkdirSync(folder);
        const data = new Float32Array(20).fill(offered.loss);
        writeSafetensors(join(folder, 'weights.safetensors'), { loss: { shape: [20], data } });
      });
      return () => {
        acknowledged = Math.min(acknowledged, offered.loss);
      };
    },
  };
};
