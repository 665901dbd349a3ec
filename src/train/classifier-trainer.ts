import * as tf from '@tensorflow/tfjs';
import { SessionCache } from '../engine/cache.js';
import { compile } from '../engine/compile.js';
import { Room } from '../engine/room.js';
import { signatureKey, type Session, type Signature } from '../engine/session.js';
import type { CandidateBatch } from '../sample/candidates.js';
import { adamwRows, stepSize } from '../model/optimisers/adamw.js';
import type { OhnmMultiOptions } from '../model/losses/ohnm-multi.js';
import { NO_NEGATIVE } from '../model/losses/stand-ins.js';
import { moduleTwo } from '../model/module-two.js';
import { learningRate, type ScheduleOptions } from '../model/optimisers/schedule.js';
import { Random } from '../random.js';
import type { CheckpointPlace } from '../store/checkpoints.js';
import { checkLoss } from './check-loss.js';
import { ClassifierRows, type ClassifierRowsOptions } from './classifier-rows.js';
import { loadTrainer, saveTrainer } from './saved-trainer.js';
import type { StepResult } from './trainer.js';

export interface ClassifierTrainerOptions extends Omit<ClassifierRowsOptions, 'checkpoint'> {
  loss: OhnmMultiOptions;
  schedule: ScheduleOptions;
  /** Share of an embedding's values that a step does not see. */
  dropout: number;
  /** Threads inside one step. */
  threads: number;
  seed: number;
  /** Scores in memory at a time, by which a batch goes through in parts; default 4 Mi. */
  scores?: number;
  /** A checkpoint to go on from; default begins anew. */
  from?: CheckpointPlace | undefined;
}

/** The published optimiser's (SparseAdam). */
const EPSILON = 1e-8;

/** The one owner of the classifiers. A step reads and changes those of its candidates only. */
export class ClassifierTrainer implements AsyncDisposable {
  readonly #options: ClassifierTrainerOptions;
  readonly #rows: ClassifierRows;
  readonly #room: Room;
  readonly #sessions = new SessionCache({ capacity: 1 });
  #steps = 0;

  constructor(options: ClassifierTrainerOptions) {
    this.#options = options;
    const { from, ...rest } = options;
    this.#rows = new ClassifierRows({ ...rest, checkpoint: from?.number });
    const saved = from && loadTrainer(from.folder);
    this.#steps = saved?.steps ?? 0;
    this.#room = new Room(saved?.room);
  }

  /** One step of Module II. @throws DivergedError if the loss is not finite. */
  async step(batch: CandidateBatch): Promise<StepResult> {
    const { epoch, step, rows, candidates } = batch;
    const rate = learningRate(this.#steps, this.#options.schedule);
    const classifiers = this.#rows.gather(candidates);
    const { loss, gradient } = await this.#gradient(batch, classifiers.data);
    checkLoss(loss, batch);
    const all = candidates.map((_id, i) => i);
    adamwRows(classifiers, all, gradient, { size: stepSize(rate, ++this.#steps), epsilon: EPSILON });
    this.#rows.scatter(candidates, classifiers);
    return { epoch, step, texts: rows.length, loss, rate };
  }

  /** Writes the classifiers as they are now, at unit length, one row a label. */
  save(path: string): Promise<void> {
    return this.#rows.save(path);
  }

  /** Writes into the folder of a checkpoint what it takes to go on from here; rows stay where they are, journalled. */
  async checkpoint({ folder, number }: CheckpointPlace): Promise<void> {
    this.#rows.checkpoint(number);
    await saveTrainer(folder, { steps: this.#steps, room: this.#room.sizes });
  }

  /** Checkpoints before this one will not be gone back to. */
  forgetBefore(checkpoint: number): void {
    this.#rows.forgetBefore(checkpoint);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#rows[Symbol.dispose]();
    await this.#sessions[Symbol.asyncDispose]();
  }

  /** Mean loss and its gradient by the classifiers; texts go through in equal parts, whose scores fit the memory. */
  async #gradient(
    batch: CandidateBatch,
    classifiers: Float32Array,
  ): Promise<{ loss: number; gradient: Float32Array }> {
    const { rows, candidates, target } = batch;
    const { dim } = this.#rows;
    const { scores = 1 << 22, loss: options } = this.#options;
    const width = this.#room.fit(
      'candidates',
      Math.max(candidates.length, options.positives, options.negatives),
    );
    const parts = divisorFrom(rows.length, Math.ceil((rows.length * width) / scores));
    const texts = rows.length / parts;
    const session = await this.#session({ texts, width });

    const embeddings = this.#dropped(batch);
    const filled = new Float32Array(width * dim);
    filled.set(classifiers);
    const offset = new Float32Array(width).fill(NO_NEGATIVE, candidates.length);
    const targets = new Uint8Array(texts * width);
    const gradient = new Float32Array(candidates.length * dim);
    let loss = 0;
    for (let begin = 0; begin < rows.length; begin += texts) {
      for (let i = 0; i < texts; i++) {
        const from = (begin + i) * candidates.length;
        targets.set(target.subarray(from, from + candidates.length), i * width);
      }
      const part = await session.run({
        texts: embeddings.subarray(begin * dim, (begin + texts) * dim),
        classifiers: filled,
        target: targets,
        offset,
      });
      loss += part['loss']![0]! / parts;
      const own = part['gradient']!;
      for (let i = 0; i < gradient.length; i++) gradient[i]! += own[i]! / parts;
    }
    return { loss, gradient };
  }

  /** The embeddings with dropout: cosines do not ask for their length. */
  #dropped({ epoch, step, embeddings }: CandidateBatch): Float32Array {
    const { dropout, seed } = this.#options;
    const random = Random.of(seed, 'classifier dropout', epoch, step);
    return embeddings.map((x) => (random.next() < dropout ? 0 : x));
  }

  #session({ texts, width }: { texts: number; width: number }): Promise<Session> {
    const { loss, threads } = this.#options;
    const { dim } = this.#rows;
    const signature: Signature = {
      texts: { dtype: 'float32', shape: [texts, dim] },
      classifiers: { dtype: 'float32', shape: [width, dim] },
      target: { dtype: 'bool', shape: [texts, width] },
      offset: { dtype: 'float32', shape: [1, width] },
    };
    return this.#sessions.get(signatureKey(signature), () =>
      compile(
        (inputs) => {
          const { texts, target, offset } = inputs as Record<string, tf.Tensor2D>;
          const { value, grad } = tf.valueAndGrad((classifiers) =>
            moduleTwo(texts!, classifiers as tf.Tensor2D, { target: target!, offset: offset! }, loss),
          )(inputs['classifiers']!);
          return { loss: value, gradient: grad };
        },
        signature,
        { threads },
      ),
    );
  }
}

/** The smallest divisor of `n` that is at least `least`. */
function divisorFrom(n: number, least: number): number {
  for (let divisor = Math.max(1, least); divisor < n; divisor++) if (n % divisor === 0) return divisor;
  return n;
}
