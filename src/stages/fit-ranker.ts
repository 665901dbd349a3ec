/** Fits the fusion of what label embeddings and classifiers find, on texts that neither was trained on. */
import { Matrix } from '../formats/npy.js';
import { runFiles } from '../store/run-folder.js';
import type { DataFiles } from './data-files.js';
import { fitRunFusion } from './fit-fusion.js';
import type { Stage } from './stage.js';

type Inputs = { readonly data: DataFiles } & Readonly<
  Record<
    'held' | 'embeddings' | 'positives' | 'labelEmbeddings' | 'classifiers' | 'inversePropensity',
    string
  >
>;

export const fitRanker = ({
  threads,
}: {
  threads: number;
}): Stage<Inputs, { fusion: string }, 'search for fusion'> => ({
  name: 'fit fusion',
  options: {},
  leaves: ({ kept }) => ({ fusion: kept('fusion.json') }),
  cost: () => ({ work: {} }),
  run: async (inputs, { fusion }, context) => {
    const {
      data,
      held: path,
      embeddings,
      positives,
      labelEmbeddings: labels,
      classifiers,
      inversePropensity,
    } = inputs;
    using rows = Matrix.open(path, 'int32');
    const held = rows.read(0, rows.rows);
    const files = { ...runFiles(''), labels, classifiers, inversePropensity, fusion };
    const texts = { embeddings, positives };
    const { comparison, by } = await fitRunFusion(
      { dataset: data.dataset, files, texts, held, threads },
      context,
    );
    const precisions = Object.entries(comparison).map(([name, p]) => `${name} ${(100 * p).toFixed(2)}`);
    context.summarise(`P@1 in % on the texts held back: ${precisions.join(', ')}; fused by ${by}`);
    return { comparison: { ...comparison }, by };
  },
});
