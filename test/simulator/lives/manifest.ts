/** A run's manifest, and the outputs of stages that it lists. */
import { join } from 'node:path';
import { writeColumn } from '../../../src/formats/npy.js';
import { forgetDamaged } from '../../../src/stages/damage.js';
import { writeManifest, type Manifest } from '../../../src/stages/manifest.js';
import { describeOutputs, syncOutputs } from '../../../src/stages/outputs.js';
import { startRun } from '../../../src/stages/start-run.js';
import { hold, type MakeLife } from '../life.js';
import { ROOT } from '../simulated-disk.js';

const RUN = join(ROOT, 'run');
const pathOf = (stage: number): string => join(RUN, `stage-${stage}.npy`);

export const manifestLife: MakeLife = (random) => {
  let manifest: Manifest;
  let acknowledged = 0;
  return {
    retries: true,
    async recover() {
      const { stages, ...rest } = await startRun(RUN, { system: 'simulated', stages: {} });
      await forgetDamaged(RUN, { stages, planned: Object.keys(stages) }, {});
      const done = Object.entries(stages).filter(([, { outputs }]) => outputs !== undefined);
      hold(
        done.length >= acknowledged,
        () => `${done.length} stages are done, ${acknowledged} were acknowledged`,
      );
      acknowledged = done.length;
      manifest = { ...rest, stages: Object.fromEntries(done) };
    },
    async step() {
      const stage = acknowledged + 1;
      const path = pathOf(stage);
      writeColumn(path, [new Int32Array(1 + random.below(20)).fill(stage)]);
      syncOutputs({ path });
      const outputs = await describeOutputs(RUN, { path });
      const record = { options: {}, inputs: {}, identity: '', outputs };
      const now = { ...manifest, stages: { ...manifest.stages, [stage]: record } };
      await writeManifest(RUN, now);
      return () => {
        hold(Object.keys(outputs).length === 1, () => `${path} is done without a file`);
        acknowledged = stage;
        manifest = now;
      };
    },
  };
};
