import { test } from 'tap';
import { clusterSize, publishedCurriculum, clustersAnew } from '../../src/sample/curriculum.js';

test('the published curriculum is unchanged at full length and stretched to others', async (t) => {
  const published = publishedCurriculum(300);
  t.same(
    [0, 9, 10, 24, 25, 200].map((e) => clusterSize(published, e)),
    [1, 1, 4, 4, 8, 512],
  );
  t.same(
    [5, 10, 12, 15, 25, 27].map((e) => clustersAnew(published, e)),
    [false, true, false, true, true, false],
  );
  t.equal(clusterSize(publishedCurriculum(10), 9), 512);
});
