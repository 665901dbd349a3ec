/** When mini-batches come from clusters, how large these are, and when they are recomputed (NGAME's curriculum). */
export interface Curriculum {
  /** Texts per cluster from the first milestone on; doubled at each later one. */
  size: number;
  /** Epochs, ascending: clusters are used from the first on, and double at each of the others; empty for a random order. */
  milestones: readonly number[];
  /** Epochs between clusterings, from the first milestone on. */
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
 * For fewer than 50 epochs, in which the published sizes grow faster than the encoder learns: clusters of one size, early.
 * Chosen on a split of WordNet's training texts.
 */
const SHORT: Curriculum = { size: 16, milestones: [1], refresh: 3 };

/** The curriculum of Module I for `epochs`. */
export const curriculumFor = (epochs: number): Curriculum =>
  epochs < 50 ? SHORT : publishedCurriculum(epochs);

/** Module II's curriculum: clusters from the start, since embeddings do not change; as published, stretched to `epochs`. */
export const classifierCurriculum = (epochs: number): Curriculum => ({
  size: 32,
  milestones: [0, Math.max(1, Math.round(epochs / 5))],
  refresh: 5,
});

/** Texts per cluster in `epoch` (from 0); 1 is a random order. */
export function clusterSize({ size, milestones }: Curriculum, epoch: number): number {
  const passed = milestones.filter((milestone) => milestone <= epoch).length;
  return passed === 0 ? 1 : size * 2 ** (passed - 1);
}

/** The last epoch up to `epoch` that starts with a clustering; `undefined` while the order is random. */
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
