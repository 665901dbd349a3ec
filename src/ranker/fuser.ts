import type { Found } from '../search/found.js';
import { Matrix } from '../formats/npy.js';
import type { RunFiles } from '../store/run-folder.js';
import { loadFusion } from './file.js';
import { fuse, type Fusion, type TwoRankings } from './fuse.js';

/** Labels of each ranking that fusion looks at, unless more are asked for. */
export const CANDIDATES = 100;

/** The fusion of a run, with the propensities of the labels on disk. */
export class Fuser implements Disposable {
  readonly #fusion: Fusion;
  readonly #weights: Matrix<'float32'>;

  /** @throws InputError if the run has no fusion. */
  constructor({ fusion, inversePropensity }: Pick<RunFiles, 'fusion' | 'inversePropensity'>) {
    this.#fusion = loadFusion(fusion);
    this.#weights = Matrix.open(inversePropensity, 'float32');
  }

  /** The `k` labels of highest fused score for each text. */
  fuse(rankings: TwoRankings, k: number): Found {
    const labels = rankings.classifier.ids.filter((id) => id >= 0);
    const values = this.#weights.gather(labels);
    const weightOf = new Map(Array.from(labels, (label, i) => [label, values[i]!] as const));
    return fuse(this.#fusion, rankings, { k, inversePropensity: (label) => weightOf.get(label)! });
  }

  [Symbol.dispose](): void {
    this.#weights[Symbol.dispose]();
  }
}
