import { requireThat } from "../wire/configuration-error.ts";

/** Whom tokens may be meant for, and which clients they may have been issued to. */
export interface Recipients {
  /** `undefined`: any. */
  readonly audiences: readonly string[] | undefined;
  /** `undefined`: any. */
  readonly clientIds: readonly string[] | undefined;
}

interface GivenRecipients {
  readonly audience: string | readonly string[] | null;
  readonly clientId?: string | readonly string[] | undefined;
}

/**
 * The recipients that options name.
 *
 * @param option what the option with the clients is called, for the message
 * @throws ConfigurationError when they name none
 */
export function toRecipients(
  { audience, clientId }: GivenRecipients,
  option = "clientId",
): Recipients {
  requireThat(
    audience !== null || clientId !== undefined,
    `audience: null takes tokens for any audience; say whose: { audience: null, ${option}: … }.`,
  );
  return {
    audiences: audience === null ? undefined : toNames(audience, "audience"),
    clientIds: clientId === undefined ? undefined : toNames(clientId, option),
  };
}

/** Never none: a token for another service is not for this one. */
function toNames(value: string | readonly string[], option: string): readonly string[] {
  const names = typeof value === "string" ? [value] : value;
  requireThat(
    Array.isArray(names) &&
      names.length > 0 &&
      names.every((name) => name && typeof name === "string"),
    `${option} must be a string, or an array of strings, none of them empty.`,
  );
  return [...names];
}
