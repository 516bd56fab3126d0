/** A value now, or later: work that needs no waiting returns no promise. */
export type MaybePromise<T> = T | Promise<T>;

/**
 * Whether a value is yet to come: a promise, or what can be awaited like one, as the queries of many
 * database libraries.
 */
export function isLater<T>(value: MaybePromise<T>): value is Promise<T> {
  return typeof (value as Promise<T> | undefined)?.then === "function";
}

/**
 * Goes on with a value at once if it is there, and when it comes if it is not.
 *
 * @param failed goes on where it never comes
 */
export function after<T, R>(
  value: MaybePromise<T>,
  next: (value: T) => MaybePromise<R>,
  failed?: (cause: unknown) => R,
): MaybePromise<R> {
  return isLater(value) ? Promise.resolve(value).then(next, failed) : next(value);
}

/** All of several values: at once if they are all there, and otherwise when the last one comes. */
export function together<T>(values: readonly MaybePromise<T>[]): MaybePromise<readonly T[]> {
  return values.some(isLater) ? Promise.all(values) : (values as readonly T[]);
}
