/**
 * Opens what belongs together, in order, and checks it. If something cannot be opened or the check throws, all that is open is
 * closed.
 */
export function openTogether<T extends Record<string, Disposable>>(
  openers: { readonly [K in keyof T]: () => T[K] },
  check: (opened: T) => void = () => undefined,
): T {
  const opened: Partial<T> = {};
  try {
    for (const name of Object.keys(openers) as (keyof T)[]) opened[name] = openers[name]();
    check(opened as T);
    return opened as T;
  } catch (error) {
    for (const one of Object.values(opened) as Disposable[]) one[Symbol.dispose]();
    throw error;
  }
}
