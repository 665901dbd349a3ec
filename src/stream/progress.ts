/** How far a stage of a long run has come. */
export interface Progress {
  /** What is being done, such as `epoch 3/10`. */
  stage: string;
  /** Items finished, and how many there are in all, where that is known. */
  done: number;
  total?: number | undefined;
  /** Anything else worth showing, such as the loss. */
  detail?: string | undefined;
}

export type Report = (progress: Progress) => void;

/** What every pipeline takes beside its options. */
export interface Watch {
  /** Cancels the whole run. */
  signal?: AbortSignal | undefined;
  /** Told of progress, as often as there is some. */
  report?: Report | undefined;
  /** Told what a person should know of how the work is done; one line. */
  note?: ((message: string) => void) | undefined;
}

/** Tells of progress under a name: of one of several runs. */
export const named = ({ report, ...watch }: Watch, name: string): Watch => ({
  ...watch,
  report: (progress) => report?.({ ...progress, stage: `${name}: ${progress.stage}` }),
});

/** Counts the items that the operator `counting` finishes, anew after `total`; to be given to a pipeline's run. */
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
