import { ConfigurationError } from "../wire/configuration-error.ts";

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
  if (audience === null && clientId === undefined) {
    throw new ConfigurationError(
      `audience: null takes tokens for any audience; say which clients' tokens are meant: { audience: null, ${option}: … }.`,
    );
  }
  const why = "Without it, tokens meant for other services are let in.";
  return {
    audiences: audience === null ? undefined : toNames(audience, "audience", why),
    clientIds: clientId === undefined ? undefined : toNames(clientId, option),
  };
}

function toNames(value: string | readonly string[], option: string, why = ""): readonly string[] {
  const names = typeof value === "string" ? [value] : value;
  if (
    Array.isArray(names) &&
    names.length > 0 &&
    names.every((name) => name && typeof name === "string")
  ) {
    return [...names];
  }
  throw new ConfigurationError(
    `${option} must be a string, or an array of strings, none of them empty. ${why}`.trim(),
  );
}
