import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { appendFile } from 'node:fs/promises';

/** The epochs of a stage in a file that several stages share, one JSON object per line. */
export class EpochLog {
  readonly #path: string;
  readonly #stage: string;
  readonly #started = performance.now();

  constructor(path: string, stage: string) {
    this.#path = path;
    this.#stage = stage;
  }

  /** `loss` is the mean of the epoch's steps. */
  add({ epoch, loss }: { epoch: number; loss: number }): Promise<void> {
    const seconds = Math.round((performance.now() - this.#started) / 100) / 10;
    return appendFile(this.#path, `${JSON.stringify({ stage: this.#stage, epoch, loss, seconds })}\n`);
  }

  /** Drops the lines of epochs that will be trained again, and a line that was not finished. */
  forgetFrom(epoch: number): void {
    if (!existsSync(this.#path)) return;
    const before = readFileSync(this.#path, 'utf8');
    const lines = before.split('\n').slice(0, -1); // after the last line's end there is nothing, or an unfinished line
    const kept = lines.filter((line) => {
      const entry = JSON.parse(line) as { stage: string; epoch: number };
      return entry.stage !== this.#stage || entry.epoch < epoch;
    });
    const after = kept.map((line) => `${line}\n`).join('');
    if (after !== before) writeFileSync(this.#path, after);
  }
}
