import { join } from 'node:path';
import { countDocuments } from '../../src/sparse/count-documents.js';
import { FeatureCounter } from '../../src/sparse/feature-counter.js';
import { kindsOf, type LeastFrequencies } from '../../src/sparse/features.js';

/** Writes the features of some texts into a folder; returns their base name. */
export async function writeFeatures(
  folder: string,
  texts: readonly string[],
  least: LeastFrequencies,
): Promise<string> {
  const base = join(folder, 'features');
  using counter = new FeatureCounter({ scratch: folder });
  counter.add(countDocuments(texts, kindsOf(least)), texts.length);
  await counter.finish(base, least);
  return base;
}
