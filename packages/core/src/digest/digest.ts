import { createPrincipal, type Principal } from "../guard/principal.ts";
import type { Scheme, Surroundings } from "../guard/scheme.ts";
import { accepted, type Rejection } from "../guard/verdict.ts";
import type { ReplayStore } from "../state/replay.ts";
import type { Challenge } from "../wire/challenge.ts";
import { toSeconds } from "../wire/clock.ts";
import { ConfigurationError, requireThat } from "../wire/configuration-error.ts";
import type { DigestAlgorithm, DigestQop } from "../wire/digest.ts";
import type { Secret } from "../wire/secret.ts";
import {
  checkDigest,
  type DigestMeans,
  type DigestUser,
  type DigestUserStore,
  digestChecks,
} from "./check-digest.ts";
import { createDigestNonces } from "./nonces.ts";
import { type DigestOffer, readDigest } from "./read-credentials.ts";

/** Whom a digest stands for. */
export type DigestPrincipal<N extends string = "digest"> = Principal<N> & {
  readonly subject: string;
  readonly authenticatedAt: number;
};

/** How Digest credentials are taken. */
export interface DigestOptions<N extends string = "digest"> {
  readonly users: DigestUserStore;
  /** What is offered, the best first. Default `["SHA-256"]`. MD5 is broken: for old clients alone. */
  readonly algorithms?: readonly DigestAlgorithm[];
  /** Default `["auth", "auth-int"]`. `auth-int` covers bodies up to 1 MiB. */
  readonly qop?: readonly DigestQop[];
  /** 32 random bytes or more, the same on all servers of one API. Default: random, for one process. */
  readonly nonceSecret?: string | Uint8Array | Secret;
  /** Seconds after which callers are given another nonce. Default 300. */
  readonly nonceLifetime?: number;
  /**
   * Remembers used nonce counts until their nonce expires: `createMemoryReplays()` for one process, a
   * shared store where several serve one API.
   */
  readonly replays: ReplayStore;
  /** What principals call this scheme. Default `"digest"`. */
  readonly name?: N;
}

/**
 * User names and passwords that are not sent: `Authorization: Digest …` (RFC 7616). The guard must
 * have a realm, which the users' hashes are made for. Every nonce count is taken once. Of `-sess`
 * algorithms the session key is computed anew from each request's own nonces.
 *
 * @throws ConfigurationError when the options cannot be right
 * @example
 * digest({ users: { find: (name) => database.user(name) }, replays: createMemoryReplays() });
 */
export function digest<const N extends string = "digest">(
  options: DigestOptions<N>,
): Scheme<DigestPrincipal<N>> {
  const { users, algorithms = ["SHA-256"], qop = ["auth", "auth-int"] } = options;
  const { nonceSecret, nonceLifetime = 300, replays } = options;
  const name = options.name ?? ("digest" as N);
  if (typeof users?.find !== "function") {
    throw new ConfigurationError("digest needs users with find(username, realm).");
  }
  if (typeof replays?.reserve !== "function") {
    throw new ConfigurationError("digest: replays must be a ReplayStore: createMemoryReplays().");
  }
  const offer: DigestOffer = { algorithms: [...algorithms], qop: [...qop] };
  requireKnown(offer);
  const means: DigestMeans = {
    users,
    nonces: createDigestNonces(nonceSecret, nonceLifetime),
    replays,
  };

  return Object.freeze<Scheme<DigestPrincipal<N>>>({
    name,
    takes: ["Authorization: Digest"],
    requires: requireRealm,
    find(request, authorization) {
      if (authorization?.scheme !== "digest") return undefined;
      const credentials = readDigest(authorization.value, offer);
      if ("kind" in credentials) return credentials;
      return {
        location: "authorization",
        guessable: true,
        claimedSubject: credentials.username,
        async verify(context) {
          const result = await checkDigest(means, credentials, request, context);
          if (!("user" in result)) return result;
          return accepted(toPrincipal(name, result.user, context.now));
        },
      };
    },
    checks: () => digestChecks,
    challenges: async (rejection, { now }) =>
      toChallenges(offer, await means.nonces.issue(now), rejection),
    describe: () => [{ type: "http", scheme: "digest" }],
  });
}

/** One for each algorithm, in the order of preference (RFC 7616 §3.7). */
function toChallenges(
  { algorithms, qop }: DigestOffer,
  nonce: string,
  rejection: Rejection | undefined,
): readonly Challenge[] {
  const isStale =
    rejection?.reason === "digest_nonce_stale" || rejection?.reason === "request_replayed";
  const common = { charset: "UTF-8", userhash: "false", ...(isStale && { stale: "true" }) };
  return algorithms.map((algorithm) => ({
    scheme: "Digest",
    params: { qop: qop.join(", "), algorithm, nonce, ...common },
  }));
}

function toPrincipal<N extends string>(
  scheme: N,
  user: DigestUser,
  now: number,
): DigestPrincipal<N> {
  const { subject, scopes = [], roles = [], permissions = [] } = user;
  // Whoever proves a password logs in with every request.
  const facts = { scheme, subject, scopes, roles, permissions, authenticatedAt: toSeconds(now) };
  return createPrincipal(facts) as DigestPrincipal<N>;
}

function requireKnown({ algorithms, qop }: DigestOffer): void {
  const isAlgorithm = (each: string) => /^(SHA-256|SHA-512-256|MD5)(-sess)?$/.test(each);
  if (algorithms.length === 0 || !algorithms.every(isAlgorithm)) {
    throw new ConfigurationError(
      'digest: algorithms must be out of "SHA-256", "SHA-512-256", "MD5", each maybe with "-sess".',
    );
  }
  if (qop.length === 0 || !qop.every((each) => each === "auth" || each === "auth-int")) {
    throw new ConfigurationError('digest: qop must be out of "auth" and "auth-int".');
  }
}

/** What challenges cannot say, callers cannot repeat; and users' hashes are made for a realm. */
function requireRealm({ realm = "" }: Surroundings): void {
  requireThat(
    /^[\x20-\x7e]+$/.test(realm),
    'digest needs a realm of printable ASCII, the one that hashes are made for: createGuard({ realm: "orders", … }).',
  );
}
