/**
 * Thrown to programmers, at start, when what they configured cannot be right or safe. The message
 * says what to do. Callers of an API never see it.
 *
 * @example
 * try {
 *   createGuard({ schemes: [] });
 * } catch (error) {
 *   if (error instanceof ConfigurationError) console.error(error.message);
 * }
 */
export class ConfigurationError extends Error {
  override readonly name = "ConfigurationError";
  readonly code = "configuration_error";
}

/** @throws ConfigurationError that says what to do, unless the condition holds */
export function requireThat(condition: unknown, whatToDo: string): asserts condition {
  if (!condition) throw new ConfigurationError(whatToDo);
}
