import {
  bodyTooLarge,
  oauth1Malformed,
  oauth1NotOffered,
  oauth1SignatureInvalid,
  oauth1TimestampRefused,
  requestReplayed,
} from "../guard/refusals.ts";
import type { AuthRequest } from "../guard/request.ts";
import type { AuthContext } from "../guard/scheme.ts";
import { type Rejection, wrong } from "../guard/verdict.ts";
import { type ReplayStore, takeOnce } from "../state/replay.ts";
import { toSeconds } from "../wire/clock.ts";
import { isLoopback } from "../wire/loopback.ts";
import type { MaybePromise } from "../wire/maybe-promise.ts";
import { oauth1BaseString, queryOf } from "../wire/oauth1-base-string.ts";
import { type OAuth1Parameter, parseFormParameters } from "../wire/oauth1-parameters.ts";
import type { OAuth1SignatureMethod } from "../wire/oauth1-signature.ts";
import type { Secret } from "../wire/secret.ts";
import { sha256 } from "../wire/sha256.ts";
import type { OAuth1Claim, OAuth1Key } from "./check-signature.ts";
import { type OAuth1Credentials, readOAuth1 } from "./read-credentials.ts";

interface OAuth1Identity {
  readonly subject: string;
  readonly scopes?: readonly string[];
  readonly roles?: readonly string[];
  readonly permissions?: readonly string[];
}

/** A client as the application knows it; RFC 5849 §1.1 calls its identifier "client credentials". */
export type OAuth1Consumer = OAuth1Identity & OAuth1Key;

/** What a user has let a consumer do. */
export interface OAuth1Token extends OAuth1Identity {
  readonly secret: string | Secret;
}

/** Where the application keeps the consumers of OAuth 1.0a. */
export interface OAuth1ConsumerStore {
  find(key: string): MaybePromise<OAuth1Consumer | undefined>;
}

/** Where the application keeps the tokens of OAuth 1.0a. */
export interface OAuth1TokenStore {
  /** A token that this consumer was given, and no other. */
  find(token: string, consumerKey: string): MaybePromise<OAuth1Token | undefined>;
}

/** What a check needs beside the request. */
export interface OAuth1Means {
  readonly consumers: OAuth1ConsumerStore;
  readonly tokens: OAuth1TokenStore | undefined;
  readonly signatureMethods: readonly OAuth1SignatureMethod[];
  /** Seconds. */
  readonly timestampTolerance: number;
  readonly replays: ReplayStore;
  readonly checkSignature: (claim: OAuth1Claim) => Promise<boolean>;
}

/** For whom a signed request was made, and by which consumer. */
export interface OAuth1Caller {
  readonly caller: OAuth1Identity;
  readonly consumerKey: string;
}

/**
 * Whose request it is, if its signature holds, now, and for the first time. What is remembered comes
 * last, so that only a signature that holds takes up room.
 */
export async function checkOAuth1(
  means: OAuth1Means,
  request: AuthRequest,
  header: readonly OAuth1Parameter[],
  form: readonly OAuth1Parameter[],
  { now, rehearsal }: AuthContext,
): Promise<OAuth1Caller | Rejection> {
  const query = parseFormParameters(queryOf(request.url));
  const parameters = [...header, ...form];
  const baseString = oauth1BaseString({ method: request.method, url: request.url, parameters });
  if (query === undefined || baseString === undefined) {
    return wrong(oauth1Malformed, "a query in UTF-8", "another");
  }
  const credentials = readOAuth1([header, query, form]);
  if ("kind" in credentials) return credentials;
  const method = acceptedMethod(means, credentials, request);
  if (typeof method !== "string") return method;

  const { consumerKey, timestamp, token: tokenName, signature } = credentials;
  const { timestampTolerance, consumers, tokens } = means;
  const time = toSeconds(now);
  if (timestamp !== undefined && Math.abs(time - timestamp) > timestampTolerance) {
    const expected = `oauth_timestamp within ${timestampTolerance} s of ${time}`;
    return wrong(oauth1TimestampRefused, expected, String(timestamp));
  }

  const consumer = await consumers.find(consumerKey);
  const token = tokenName === undefined ? undefined : await tokens?.find(tokenName, consumerKey);
  const tokenSecret = token?.secret;
  const holds = await means.checkSignature({
    method,
    baseString,
    signature,
    consumer,
    tokenSecret,
  });
  const caller = tokenName === undefined ? consumer : token;
  if (!holds || caller === undefined) {
    return wrong(oauth1SignatureInvalid, `a ${method} signature by the consumer`, "another");
  }

  if (timestamp !== undefined && !(await takeNonce(means, credentials, timestamp, rehearsal))) {
    return wrong(requestReplayed, "a fresh oauth_nonce", "one that was used before");
  }
  return { caller, consumerKey };
}

/** What a signed request is checked for, in this order; the first of them while its body is read. */
export const oauth1Checks = [
  bodyTooLarge,
  oauth1Malformed,
  oauth1NotOffered,
  oauth1TimestampRefused,
  oauth1SignatureInvalid,
  requestReplayed,
] as const;

function acceptedMethod(
  { signatureMethods }: OAuth1Means,
  { signatureMethod, version }: OAuth1Credentials,
  request: AuthRequest,
): OAuth1SignatureMethod | Rejection {
  if (version !== undefined && version !== "1.0") {
    return wrong(oauth1NotOffered, "oauth_version 1.0", version);
  }
  const method = signatureMethods.find((each) => each === signatureMethod);
  if (method === undefined) {
    return wrong(oauth1NotOffered, signatureMethods.join(" or "), signatureMethod);
  }
  // It sends the secrets themselves (RFC 5849 §3.4.4).
  if (method === "PLAINTEXT" && !request.secure && !isLoopback(new URL(request.url))) {
    return wrong(oauth1NotOffered, "PLAINTEXT over https", "PLAINTEXT over http");
  }
  return method;
}

/** A nonce counts with its timestamp, consumer and token (RFC 5849 §3.3), for as long as these do. */
async function takeNonce(
  { replays, timestampTolerance }: OAuth1Means,
  { consumerKey, token = "", nonce }: OAuth1Credentials,
  timestamp: number,
  rehearsal: boolean,
): Promise<boolean> {
  const key = await sha256(JSON.stringify([consumerKey, token, timestamp, nonce]));
  return takeOnce(replays, `oauth1:${key}`, timestamp + timestampTolerance + 1, rehearsal);
}
