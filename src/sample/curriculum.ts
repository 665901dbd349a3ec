/** When an epoch's order goes by clusters, how large they are, and when they are recomputed (NGAME's curriculum). */
export interface Curriculum {
  /** Texts per cluster from the first milestone on; doubled at each later one. */
  size: number;
  /** Epochs, ascending: clusters from the first on, twice as large from each of the others on; none for a random order. */
  milestones: readonly number[];
  /** Epochs between two clusterings, from the first milestone on. */
  refresh: number;
}

/** The published schedule for 300 epochs. */
const PUBLISHED = { epochs: 300, milestones: [10, 25, 50, 75, 100, 125, 150, 200] };

/** The published schedule, stretched to `epochs`: the same sizes at the same fractions of the run. */
export function publishedCurriculum(epochs: number): Curriculum {
  const stretch = (milestone: number): number =>
    Math.max(1, Math.round((milestone * epochs) / PUBLISHED.epochs));
  return {
    size: 4,
    milestones: PUBLISHED.milestones.map(stretch),
    refresh: Math.max(1, Math.round((5 * epochs) / PUBLISHED.epochs)),
  };
}

/**
 * For fewer than 50 epochs, in which the published sizes outgrow what the encoder has learnt: clusters of one size, early.
 * Chosen on a split of WordNet's training texts.
 */
const SHORT: Curriculum = { size: 16, milestones: [1], refresh: 3 };

/** The curriculum of Module I for `epochs`. */
export const curriculumFor = (epochs: number): Curriculum =>
  epochs < 50 ? SHORT : publishedCurriculum(epochs);

/** Module II's: clusters from the start, since the embeddings do not change; as published, stretched to `epochs`. */
export const classifierCurriculum = (epochs: number): Curriculum => ({
  size: 32,
  milestones: [0, Math.max(1, Math.round(epochs / 5))],
  refresh: 5,
});

/** Texts per cluster in `epoch` (from 0); 1 stands for a random order. */
export function clusterSize({ size, milestones }: Curriculum, epoch: number): number {
  const passed = milestones.filter((milestone) => milestone <= epoch).length;
  return passed === 0 ? 1 : size * 2 ** (passed - 1);
}

/** The last epoch up to `epoch` at whose start texts are clustered; none while the order is random. */
export function clusteredBefore(curriculum: Curriculum, epoch: number): number | undefined {
  for (let before = epoch; before >= 0; before--) if (clustersAnew(curriculum, before)) return before;
  return undefined;
}

/** Whether texts are clustered at the start of `epoch`: at each milestone, and every `refresh` epochs between. */
export function clustersAnew({ milestones, refresh }: Curriculum, epoch: number): boolean {
  const first = milestones[0];
  if (first === undefined || epoch < first) return false;
  return milestones.includes(epoch) || (epoch - first) % refresh === 0;
}
