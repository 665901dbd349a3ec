import type { Progress } from '../stream/progress.js';

export interface ProgressLine extends Disposable {
  report: (progress: Progress) => void;
  /** Writes a line that stays, even without a terminal. */
  note: (message: string) => void;
}

const MILLISECONDS_BETWEEN = 100;

/**
 * Shows progress as one line that is overwritten, on a terminal only. Rate and time left are measured from the first report
 * of a stage, including interruptions by other stages.
 */
export function progressLine(
  stream: NodeJS.WriteStream = process.stderr,
  now: () => number = () => performance.now(),
): ProgressLine {
  const started = new Map<string, { at: number; done: number }>();
  let shown = -Infinity;
  const clear = (): void => {
    if (shown > -Infinity) stream.write('\r\x1b[K');
  };
  return {
    report(progress) {
      const { stage, done } = progress;
      if (!started.has(stage)) started.set(stage, { at: now(), done });
      if (!stream.isTTY || now() - shown < MILLISECONDS_BETWEEN) return;
      const since = started.get(stage)!;
      const line = describe(progress, { seconds: (now() - since.at) / 1000, items: done - since.done });
      shown = now();
      stream.write(`\r\x1b[K${line.slice(0, Math.max(20, stream.columns - 1))}`);
    },
    note(message) {
      clear();
      stream.write(`${message}\n`);
    },
    [Symbol.dispose]: clear,
  };
}

/** `train 34% 35840/104448 · 8123/s · 0:09 left · epoch 4/10, loss 0.0213`. */
export function describe(
  { stage, done, total, detail }: Progress,
  { seconds, items }: { seconds: number; items: number },
): string {
  const rate = seconds > 0 ? items / seconds : 0;
  const parts = [
    total ? `${stage} ${Math.floor((100 * done) / total)}% ${done}/${total}` : `${stage} ${done}`,
    rate > 0 ? `${rate < 10 ? rate.toFixed(1) : Math.round(rate)}/s` : undefined,
    rate > 0 && total ? `${clock((total - done) / rate)} left` : undefined,
    detail,
  ];
  return parts.filter((part) => part !== undefined).join(' · ');
}

function clock(seconds: number): string {
  const rounded = Math.ceil(seconds);
  const [h, m, s] = [Math.floor(rounded / 3600), Math.floor(rounded / 60) % 60, rounded % 60];
  const two = (n: number): string => String(n).padStart(2, '0');
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}
