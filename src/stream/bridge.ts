/// <reference types="highland" preserve="true" />
/**
 * The only adapter between Highland streams and async iterables. Highland treats an async iterator as a sync one, and
 * never tells a source that its consumer has stopped: hence the signal on both sides.
 */
import _ from 'highland';

/** Highland → async iterable, one value per pull, so that upstream runs only as fast as it is pulled. */
export async function* pull<T>(
  source: Highland.Stream<T>,
  signal: AbortSignal,
  onItem: () => void = () => undefined,
): AsyncGenerator<T> {
  for (;;) {
    signal.throwIfAborted();
    const value = await next(source, signal);
    if (_.isNil(value)) return;
    onItem();
    yield value;
  }
}

function next<T>(source: Highland.Stream<T>, signal: AbortSignal): Promise<T | Highland.Nil> {
  return new Promise((resolve, reject) => {
    const abort = (): void => {
      reject(signal.reason as Error);
    };
    signal.addEventListener('abort', abort, { once: true });
    source.pull((error: Error | null, value: T | Highland.Nil) => {
      signal.removeEventListener('abort', abort);
      if (error) reject(error);
      else resolve(value);
    });
  });
}

/** Async generator → Highland; pulls the next value only when Highland asks for it. */
export function push<T>(
  iterator: AsyncGenerator<T>,
  signal: AbortSignal,
  onNeverStarted: () => void,
): Highland.Stream<T> {
  let started = false;
  const stop = (): void => {
    if (!started) onNeverStarted(); // a generator that never ran has no `finally` to run
    iterator.return(undefined).catch(() => undefined);
  };
  if (signal.aborted) stop();
  signal.addEventListener('abort', stop, { once: true });
  return _<T>((emit, more) => {
    const end = (): void => {
      signal.removeEventListener('abort', stop);
      emit(null, _.nil);
    };
    started = true;
    // Leave the promise before emitting, so that a throw downstream is not caught here.
    iterator.next().then(
      (result) =>
        setImmediate(() => {
          if (result.done === true) {
            end();
            return;
          }
          emit(null, result.value);
          more();
        }),
      (error: unknown) =>
        setImmediate(() => {
          emit(error as Error);
          end();
        }),
    );
  });
}

/** Any source a pipeline accepts, as a Highland stream. */
export function toStream<T>(
  source: Iterable<T> | AsyncIterable<T> | Highland.Stream<T>,
  signal: AbortSignal,
): Highland.Stream<T> {
  if (_.isStream(source)) return source as Highland.Stream<T>;
  return push(iterate(source as Iterable<T> | AsyncIterable<T>), signal, () => undefined);
}

async function* iterate<T>(source: Iterable<T> | AsyncIterable<T>): AsyncGenerator<T> {
  yield* source;
}
