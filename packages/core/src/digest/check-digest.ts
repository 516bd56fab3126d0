import {
  bodyTooLarge,
  credentialMalformed,
  digestInvalid,
  digestNonceStale,
  digestNotOffered,
  digestUriMismatch,
  requestReplayed,
} from "../guard/refusals.ts";
import type { AuthRequest } from "../guard/request.ts";
import type { AuthContext } from "../guard/scheme.ts";
import { type Rejection, wrong } from "../guard/verdict.ts";
import { type ReplayStore, takeOnce } from "../state/replay.ts";
import { digestHashOf, digestResponse } from "../wire/digest.ts";
import type { DigestHash } from "../wire/digest-hash.ts";
import { equalInConstantTime } from "../wire/equal.ts";
import type { MaybePromise } from "../wire/maybe-promise.ts";
import type { DigestNonces } from "./nonces.ts";
import type { DigestCredentials } from "./read-credentials.ts";
import { isSameTarget } from "./same-target.ts";

/** A user as the application knows them. */
export interface DigestUser {
  readonly subject: string;
  /** What `digestHa1` made of the password for this realm, by hash. */
  readonly ha1: Readonly<Partial<Record<DigestHash, string>>>;
  readonly scopes?: readonly string[];
  readonly roles?: readonly string[];
  readonly permissions?: readonly string[];
}

/** Where the application keeps the users of Digest. */
export interface DigestUserStore {
  find(username: string, realm: string): MaybePromise<DigestUser | undefined>;
}

/** What a check needs beside the request. */
export interface DigestMeans {
  readonly users: DigestUserStore;
  readonly nonces: DigestNonces;
  readonly replays: ReplayStore;
}

/** 1 MiB. */
const bodyLimit = 1_048_576;

/** Whose digest it is, if it holds for this request, now, and for the first time. */
export async function checkDigest(
  { users, nonces, replays }: DigestMeans,
  credentials: DigestCredentials,
  request: AuthRequest,
  { now, realm = "", rehearsal }: AuthContext,
): Promise<{ readonly user: DigestUser } | Rejection> {
  const { uri, algorithm, qop, nonce, nonceCount } = credentials;
  if (credentials.realm !== realm) {
    return wrong(digestNotOffered, `realm ${realm}`, `realm ${credentials.realm}`);
  }
  // RFC 7616 §3.4.6 suggests 400; a 401 offers another try.
  if (!isSameTarget(uri, request.url)) {
    return wrong(digestUriMismatch, withoutQuery(request.url), withoutQuery(uri));
  }
  const body = qop === "auth-int" ? await request.body(bodyLimit) : new Uint8Array();
  if (body === undefined) return wrong(bodyTooLarge, `at most ${bodyLimit} bytes`, "more");

  const user = await users.find(credentials.username, realm);
  const ha1 = user?.ha1[digestHashOf(algorithm)];
  // For an unknown user it is the same work, so that the time tells nobody who exists.
  const input = { ...credentials, ha1: ha1 ?? "", method: request.method, body };
  const isRight = equalInConstantTime(await digestResponse(input), credentials.response);
  if (!user || !ha1 || !isRight) {
    return wrong(digestInvalid, "the response of the user's hash", "another, or no such user");
  }

  // Only whoever knows the password is told that nothing but the nonce was wrong (RFC 7616 §3.3).
  const expiresAt = await nonces.check(nonce, now);
  if (expiresAt === undefined) {
    return wrong(digestNonceStale, "a nonce of ours", "another, or an expired one");
  }
  const use = `digest:${nonce}:${nonceCount.toLowerCase()}`;
  const isFirst = await takeOnce(replays, use, expiresAt, rehearsal);
  return isFirst
    ? { user }
    : wrong(requestReplayed, "a fresh nonce count", `nc ${nonceCount} again`);
}

/** What a digest is checked for, in this order; the first of them while it is read. */
export const digestChecks = [
  credentialMalformed,
  digestNotOffered,
  digestUriMismatch,
  bodyTooLarge,
  digestInvalid,
  digestNonceStale,
  requestReplayed,
] as const;

/** Queries may hold secrets, and details end up in logs. */
function withoutQuery(uri: string): string {
  return uri.replace(/\?.*/s, "?…");
}
