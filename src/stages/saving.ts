import type { StepTrainer } from '../../operators/train-step.js';
import type { BestModel, Epoch } from '../store/best-model.js';
import type { Checkpoint, Checkpoints, Position } from '../store/checkpoints.js';

export interface SavingOptions {
  checkpoints: Checkpoints;
  /** The checkpoint that the trainer resumes from. */
  from: Checkpoint | undefined;
  /** Minutes between checkpoints; each epoch also ends with one, unless they would take over 3 % of the time. */
  minutes: number;
  /** Where to keep the best epoch's model: best of all epochs, or of those that end with a checkpoint. Default: not kept. */
  best?: { model: BestModel; of: 'all' | 'checkpoints' };
}

type Saved = Omit<StepTrainer<never>, 'step'>;

/** Share of the time that checkpoints at the ends of epochs, and best models, may take. */
const SHARE = 0.03;

/** Writes checkpoints when they are due, and keeps the best model. */
export class Saving {
  readonly #options: SavingOptions;
  readonly #trainer: Saved;
  #saved = performance.now();
  /** Milliseconds that the last checkpoint took. */
  #cost = 0;

  constructor(options: SavingOptions, trainer: Saved) {
    this.#options = options;
    this.#trainer = trainer;
  }

  /** After each step; `ended` is the epoch that it completed. Returns the oldest position that can be resumed, if changed. */
  async offer(
    position: Position,
    { ended, must }: { ended: Epoch | undefined; must: boolean },
  ): Promise<Position | undefined> {
    const { checkpoints, minutes, best } = this.#options;
    const started = performance.now();
    const since = started - this.#saved;
    const due = must || since >= minutes * 60_000 || (ended !== undefined && this.#cost < SHARE * since);
    if (best && ended && (due || best.of === 'all'))
      await best.model.offer(ended, (folder) => this.#trainer.save(folder));
    if (!due) return undefined;
    const oldest = await checkpoints.write(position, (place) => this.#trainer.checkpoint(place));
    await this.#trainer.forgetBefore(oldest.number);
    this.#saved = performance.now();
    this.#cost = this.#saved - started;
    return oldest.position;
  }
}
