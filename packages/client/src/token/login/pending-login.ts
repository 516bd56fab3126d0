import { type Secret, toSecret } from "@countersign/core/wire";
import { loginFailed } from "./login-failed.ts";

/** What has to be known when the user comes back. */
export interface PendingLogin {
  readonly issuer: string;
  readonly state: string;
  /** Proves to the token endpoint that the login was begun here (RFC 7636). */
  readonly verifier: string;
}

export function writePending(login: PendingLogin): Secret {
  return toSecret(JSON.stringify(login));
}

/** @throws ClientError `login_failed` when it is none of this issuer */
export function readPending(pending: string | Secret, expectedIssuer: string): PendingLogin {
  try {
    const { issuer, state, verifier } = JSON.parse(toSecret(pending).reveal());
    const login: PendingLogin = { issuer, state, verifier };
    const isWhole = Object.values(login).every((each) => typeof each === "string" && each !== "");
    if (isWhole && issuer === expectedIssuer) return login;
  } catch {
    // The native error shows what it could not read.
  }
  throw loginFailed("pending is not what start() gave for this issuer.");
}
