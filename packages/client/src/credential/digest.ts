import {
  type Challenge,
  type DigestAlgorithm,
  type DigestQop,
  digestHa1,
  digestHashOf,
  digestResponse,
  digestUserhash,
  encodeExtValue,
  formatAuthParams,
  parseAuthParams,
  parseChallenges,
  requireThat,
  type Secret,
  toSecret,
} from "@countersign/core/wire";
import type { Answer, Attachment, Credential, Outgoing } from "./credential.ts";
import { createProtectionSpaces } from "./protection-spaces.ts";

/** User name and password of {@link digest}, and what they may be hashed with. */
export interface DigestOptions {
  readonly username: string;
  readonly password: string | Secret;
  /**
   * What is answered, the best first; a server that offers nothing of it gets no answer. Default: all
   * but MD5, which is broken: list it for a server that knows nothing else. MD5 and, outside of Node,
   * SHA-512-256 need `@noble/hashes`.
   */
  readonly algorithms?: readonly DigestAlgorithm[];
  /** What is covered where the server leaves the choice. Default: `auth`. */
  readonly qop?: DigestQop;
}

/** What a server asked for, and how often it has been answered. */
interface Session {
  readonly realm: string;
  readonly domain: string | undefined;
  readonly nonce: string;
  readonly opaque: string | undefined;
  readonly algorithm: DigestAlgorithm;
  readonly qop: DigestQop;
  readonly hidesUsername: boolean;
  /** One for the whole session: the key of `-sess` is made of it (RFC 7616 §3.4.2). */
  readonly cnonce: string;
  used: number;
}

const usual: readonly DigestAlgorithm[] = [
  "SHA-512-256",
  "SHA-512-256-sess",
  "SHA-256",
  "SHA-256-sess",
];

/** In quotes everywhere else (RFC 7616 §3.4). */
const tokens = ["algorithm", "qop", "nc", "userhash"];

/**
 * User name and password that are not sent: the answer to a server's Digest challenge (RFC 7616). The
 * first request of a protection space is sent twice, and those that follow once, by the same challenge. A
 * password that was refused is not tried again by itself.
 *
 * @throws ConfigurationError when the user name is empty or has a colon
 * @example
 * createAuthFetch({ origins, credential: digest({ username: "ada", password }) });
 */
export function digest(options: DigestOptions): Credential {
  const { username, algorithms = usual, qop = "auth" } = options;
  const password = toSecret(options.password);
  requireThat(/^[^:\p{Cc}]+$/u.test(username), "digest: give a user name without a colon.");
  requireThat(algorithms.length > 0, "digest: list at least one algorithm.");
  const sessions = createProtectionSpaces<Session>();

  async function respond(request: Outgoing, session: Session): Promise<Attachment["headers"]> {
    const { realm, nonce, opaque, algorithm, hidesUsername } = session;
    const user = { username, realm };
    const hash = digestHashOf(algorithm);
    const nonceCount = (++session.used).toString(16).padStart(8, "0");
    const uri = request.url.pathname + request.url.search;
    const common = { algorithm, qop: session.qop, nonce, cnonce: session.cnonce };
    const signed = { ...common, nonceCount, method: request.method, uri };
    const ha1 = await digestHa1(hash, { ...user, password: password.reveal() });
    const body = session.qop === "auth-int" ? await request.body() : undefined;
    const params = {
      ...(hidesUsername
        ? { username: await digestUserhash(hash, user), userhash: "true" }
        : nameOf(username)),
      ...{ realm, uri, nc: nonceCount, ...common },
      response: await digestResponse({ ...signed, ha1, body }),
      ...(opaque !== undefined && { opaque }),
    };
    return {
      authorization: toSecret(`Digest ${formatAuthParams(Object.entries(params), tokens)}`),
    };
  }

  function learn(url: URL, answer: Answer, answered: Session | undefined) {
    const next = nextNonce(answer);
    if (next !== undefined && answered && !answered.algorithm.endsWith("-sess")) {
      sessions.put(url, { ...answered, nonce: next, used: 0 });
    }
    if (answer.status !== 401) return undefined;
    const challenges = parseChallenges(answer.header("www-authenticate") ?? "") ?? [];
    const offers = challenges.filter(({ scheme }) => scheme.toLowerCase() === "digest");
    const [session] = algorithms.flatMap((algorithm) =>
      offers.flatMap((offer) => toSession(offer, algorithm, qop) ?? []),
    );
    // Only another nonce can make another answer of the same password.
    const isRefused = answered !== undefined && session?.nonce === answered.nonce;
    const isWrong = answer.retried.includes("challenge") && !isStale(offers);
    if (session === undefined || isRefused || isWrong) {
      sessions.drop(url);
      return undefined;
    }
    sessions.put(url, session);
    return "challenge" as const;
  }

  return {
    async attach(request) {
      const { url } = request;
      const session = sessions.find(url);
      const headers = session && (await respond(request, session));
      return {
        ...(headers && { headers }),
        answered: (answer) => learn(url, answer, session),
      };
    },
  };
}

/** The answer to one challenge by one algorithm, if that is what the challenge asks for. */
function toSession(
  { params }: Challenge,
  algorithm: DigestAlgorithm,
  preferred: DigestQop,
): Session | undefined {
  const { realm, domain, nonce, opaque, qop = "" } = params;
  // Without a name it is MD5 (RFC 7616 §3.3). What offers no qop is RFC 2069, which counts nothing.
  const isAsked = (params.algorithm ?? "MD5").toLowerCase() === algorithm.toLowerCase();
  const offered = qop.split(",").map((each) => each.trim().toLowerCase());
  const chosen = ([preferred, "auth", "auth-int"] as const).find((each) => offered.includes(each));
  if (!isAsked || !chosen || realm === undefined || !nonce) return undefined;
  const hidesUsername = params.userhash?.toLowerCase() === "true";
  const cnonce = crypto.randomUUID();
  const asked = { realm, domain, nonce, opaque, algorithm, qop: chosen, hidesUsername };
  return { ...asked, cnonce, used: 0 };
}

function isStale(offers: readonly Challenge[]): boolean {
  return offers.some(({ params }) => params.stale?.toLowerCase() === "true");
}

/** The nonce for the next request that an answer may name (RFC 7616 §3.5). */
function nextNonce(answer: Answer): string | undefined {
  const params = parseAuthParams(answer.header("authentication-info") ?? "") ?? [];
  return params.find(([name, value]) => name.toLowerCase() === "nextnonce" && value)?.[1];
}

/** A quoted-string holds ASCII alone (RFC 7616 §3.4). */
function nameOf(username: string) {
  return /^[ -~]*$/.test(username) ? { username } : { "username*": encodeExtValue(username) };
}
