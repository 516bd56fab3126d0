import type { JsonObject } from "../wire/strict-json.ts";

/** What an issuer says of a token (RFC 7662 §2.2). */
export type Answer = JsonObject & { readonly active: boolean };

/** Asks the issuer about a token, once. It throws when the answer is none to go by. */
export type Ask = (token: string, now: number) => Promise<Answer>;

/** The issuer is there, and has an error to say of this one token: no reason to leave it alone. */
export class TokenNotTaken extends Error {
  override readonly name = "TokenNotTaken";
}

/**
 * Takes an object for an answer: `active` is a boolean, or it is none (RFC 7662 §2.2).
 *
 * @throws Error when it is none
 */
export function toAnswer(object: JsonObject | undefined, from: string): Answer {
  if (object === undefined)
    throw new Error(`${from} answered with something that is no JSON object`);
  if (typeof object.active === "boolean") return object as Answer;
  throw new Error(`${from} answered with an "active" that is no boolean`);
}
