import { test } from 'tap';
import { Calibration } from '../../src/metrics/calibration.js';

test('the error is the mean difference of probability and share of right ones, by bins', (t) => {
  const calibration = new Calibration();
  for (const right of [true, false, false, false]) calibration.add(0.21, right);
  calibration.add(1, true, 4);
  const { error, bins } = calibration.results();
  t.ok(Math.abs(error - (4 * 0.04) / 8) < 1e-12);
  t.equal(bins.length, 2);
  t.same(bins[1], { probability: 1, share: 1, labels: 4 });
  t.ok(Math.abs(bins[0]!.share - 0.25) < 1e-12);
  t.same(new Calibration().results(), { error: 0, bins: [] });
  t.end();
});
