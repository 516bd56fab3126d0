import {
  createJwtVerifier,
  type KeyOptions,
  type ReplayStore,
  TokenError,
} from "@countersign/core";
import { type Clock, ConfigurationError, sha256, toSeconds } from "@countersign/core/wire";
import { outage, reach } from "../reach.ts";

/** Seconds for which an assertion may still be good when it comes: its id is kept as long. */
const longestLife = 600;
/** Seconds by which a client's clock may differ from ours. */
const clockTolerance = 30;

/** Whether an assertion is this client's, and the first of its id. */
export type AssertionCheck = (assertion: string) => Promise<boolean>;

/** What assertions are checked against. */
export interface AssertionPolicy {
  /** What `aud` may name: us, and nobody else. */
  readonly audiences: readonly string[];
  readonly replays: ReplayStore | undefined;
  readonly clock: Clock;
}

/**
 * The check of a client's assertions: JWTs that it signs with a key of its own, `private_key_jwt`
 * (RFC 7523 §3, OpenID Connect Core §9).
 *
 * @throws ConfigurationError
 */
export function createAssertionCheck(
  id: string,
  jwks: KeyOptions["jwks"],
  { audiences, replays, clock }: AssertionPolicy,
): AssertionCheck {
  if (replays === undefined) {
    throw new ConfigurationError(
      `clients: "${id}" signs assertions, each to be taken once. Say where their ids are kept: ` +
        "replays: createMemoryReplays(), or a shared store where several processes serve one issuer.",
    );
  }
  const verifier = createJwtVerifier({
    issuer: id,
    audience: audiences,
    ...(jwks !== undefined && { jwks }),
    types: ["JWT", "client-authentication+jwt"],
    clockTolerance,
    clock,
  });

  return async (assertion) => {
    const claims = await verify(assertion);
    const now = toSeconds(clock.now());
    const { sub, aud, exp, jti } = claims ?? {};
    const isOurs = [aud].flat().every((each) => audiences.includes(each as string));
    if (sub !== id || !isOurs || typeof jti !== "string" || jti === "") return false;
    const expiresAt = Number(exp);
    if (expiresAt > now + longestLife + clockTolerance) return false;
    // Hashed, since a client may make its ids as long as it likes.
    const key = `assertion:${await sha256(JSON.stringify([id, jti]))}`;
    return (await reach(() => replays.reserve(key, expiresAt + clockTolerance + 1))) === true;
  };

  async function verify(assertion: string) {
    try {
      return (await verifier.verify(assertion)).claims;
    } catch (error) {
      if (!(error instanceof TokenError)) throw error;
      // Its keys cannot be had now: that says nothing about the client.
      if (error.kind === "unavailable") throw outage(error.cause);
      return undefined;
    }
  }
}
