/** What a step is given for the duration of one run. */
export interface Context {
  /** The operator's name, as errors and progress show it. */
  readonly name: string;
  /** Aborts when the caller cancels, when any step fails, or when the consumer stops early. */
  readonly signal: AbortSignal;
  /** Reports the items finished since the last call. */
  readonly progress: (items: number) => void;
  /** Takes ownership of a resource. Resources are closed in reverse order when the step ends, however it ends. */
  readonly own: <T extends AsyncDisposable | Disposable>(resource: T) => T;
}

/** The body of an operator: pulls from `input`, yields results. */
export type Step<In, Out> = (input: AsyncIterable<In>, context: Context) => AsyncIterable<Out>;
