/** A value now, or later: work that needs no waiting returns no promise. */
export type MaybePromise<T> = T | Promise<T>;

/** Goes on with a value at once if it is there, and when it comes if it is not. */
export function after<T, R>(
  value: MaybePromise<T>,
  next: (value: T) => MaybePromise<R>,
): MaybePromise<R> {
  return value instanceof Promise ? value.then(next) : next(value);
}
