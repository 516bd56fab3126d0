/**
 * A string that does not show itself: `inspect`, `JSON.stringify`, template strings and
 * concatenation all give `[redacted]`. Only {@link Secret.reveal} gives the text.
 *
 * @example
 * const password = toSecret("hunter2");
 * `${password}`; // "[redacted]"
 * password.reveal(); // "hunter2"
 */
export interface Secret {
  /** The text itself. Call it where the text is used, and nowhere earlier. */
  reveal(): string;
  toString(): string;
  toJSON(): string;
}

/** Wraps a string, or gives back what is wrapped already. */
export function toSecret(value: string | Secret): Secret {
  if (typeof value !== "string") return value;
  const hide = () => "[redacted]";
  return Object.freeze({
    reveal: () => value,
    toString: hide,
    toJSON: hide,
    // By its registered symbol, so that no runtime needs node:util.
    [Symbol.for("nodejs.util.inspect.custom")]: hide,
  });
}
