/** A value now, or later: work that needs no waiting returns no promise. */
export type MaybePromise<T> = T | Promise<T>;

/** Goes on with a value at once if it is there, and when it comes if it is not. */
export function after<T, R>(
  value: MaybePromise<T>,
  next: (value: T) => MaybePromise<R>,
): MaybePromise<R> {
  return value instanceof Promise ? value.then(next) : next(value);
}

/** All of several values: at once if they are all there, and otherwise when the last one comes. */
export function together<T>(values: readonly MaybePromise<T>[]): MaybePromise<readonly T[]> {
  const isLate = values.some((value) => value instanceof Promise);
  return isLate ? Promise.all(values) : (values as readonly T[]);
}
