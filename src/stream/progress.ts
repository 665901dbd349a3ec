/** Progress of one stage of a long run. */
export interface Progress {
  /** The stage, such as `epoch 3/10`. */
  stage: string;
  /** Items finished, and the total where it is known. */
  done: number;
  total?: number | undefined;
  /** Additional text to show, such as the loss. */
  detail?: string | undefined;
}

export type Report = (progress: Progress) => void;

/** What every pipeline takes in addition to its options. */
export interface Watch {
  /** Cancels the whole run. */
  signal?: AbortSignal | undefined;
  /** Called on progress. */
  report?: Report | undefined;
  /** Called with one line for the user about how the work is done. */
  note?: ((message: string) => void) | undefined;
}

/** Prefixes the stages with a name, to tell several runs apart. */
export const named = ({ report, ...watch }: Watch, name: string): Watch => ({
  ...watch,
  report: (progress) => report?.({ ...progress, stage: `${name}: ${progress.stage}` }),
});

/** Options of a pipeline's run that report the items finished by the operator `counting`; restarts at 0 after `total`. */
export function watched(
  { signal, report }: Watch,
  { stage, counting, total }: { stage: string; counting: string; total?: number },
) {
  let done = 0;
  return {
    signal,
    onProgress: (operator: string, items: number) => {
      if (operator !== counting) return;
      done = done === total ? items : done + items;
      report?.({ stage, done, total });
    },
  };
}
