import type { Progress } from '../stream/progress.js';

export interface ProgressLine extends Disposable {
  report: (progress: Progress) => void;
  /** Writes a line that stays, however progress is shown. */
  note: (message: string) => void;
}

/** As one line that is overwritten, as a line now and then, as JSON lines, or not at all. */
export const PROGRESS = ['bar', 'lines', 'json', 'none'] as const;
export type ProgressKind = (typeof PROGRESS)[number];

/** Milliseconds between two reports at least, and before the first: a short run without a terminal says nothing. */
const BETWEEN: Readonly<Record<ProgressKind, { first: number; next: number }>> = {
  bar: { first: 0, next: 100 },
  lines: { first: 60_000, next: 60_000 },
  json: { first: 0, next: 1000 },
  none: { first: Infinity, next: Infinity },
};

export interface ProgressLineOptions {
  /** Default: a bar on a terminal, otherwise a line a minute. */
  kind?: ProgressKind | undefined;
  /** Default: standard error. */
  stream?: NodeJS.WriteStream;
  /** Milliseconds; default: this process's clock. */
  now?: () => number;
}

/** Shows progress. Rate and time left are measured from the first report of a stage, including interruptions by other stages. */
export function progressLine({
  stream = process.stderr,
  kind = stream.isTTY ? 'bar' : 'lines',
  now = () => performance.now(),
}: ProgressLineOptions = {}): ProgressLine {
  const started = new Map<string, { at: number; done: number }>();
  const { first, next } = BETWEEN[kind];
  let due = now() + first;
  let shown = false;
  const clear = (): void => {
    if (shown && kind === 'bar') stream.write('\r\x1b[K');
  };
  return {
    report(progress) {
      const { stage, done } = progress;
      if (!started.has(stage)) started.set(stage, { at: now(), done });
      if (now() < due) return;
      const since = started.get(stage)!;
      const [seconds, items] = [(now() - since.at) / 1000, done - since.done];
      const line = describe(progress, { seconds, items });
      due = now() + next;
      shown = true;
      if (kind === 'bar') stream.write(`\r\x1b[K${line.slice(0, Math.max(20, (stream.columns || 80) - 1))}`);
      else if (kind === 'json')
        stream.write(`${JSON.stringify({ ...progress, seconds: Math.round(seconds) })}\n`);
      else stream.write(`${line}\n`);
    },
    note(message) {
      clear();
      stream.write(`${kind === 'json' ? JSON.stringify({ note: message }) : message}\n`);
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
