import {
  type Challenge,
  type DigestAlgorithm,
  digestHa1,
  digestHashOf,
  digestResponse,
} from "@countersign/core/wire";
import { get } from "../adapter-contract/case.ts";
import { type AttackCase, type GroupedCase, groupOf, once } from "./case.ts";
import { type AttackContext, NotRun } from "./context.ts";

/** What is other than in a good answer to a challenge. */
interface Signing {
  /** Answers the one challenge that all answer who say so, and not a new one. */
  readonly sameChallenge?: boolean;
  /** Another nonce than the challenge has. */
  readonly nonce?: (real: string) => string;
  /** The path that is signed, with its query; otherwise the one that is asked for. */
  readonly path?: string;
  readonly algorithm?: DigestAlgorithm;
  readonly username?: string;
  readonly password?: string;
  readonly method?: string;
  /** Parameters that are sent otherwise than they were signed. */
  readonly sent?: (params: Params) => Params;
}
type Params = Readonly<Record<string, string>>;

const known: readonly string[] = ["SHA-256", "SHA-512-256", "MD5"].flatMap((hash) => [
  hash,
  `${hash}-sess`,
]);
/** RFC 7616 §3.3: MD5 where nothing is said. */
const algorithmIn = ({ params }: Challenge) => params.algorithm ?? "MD5";

/** What may be answered, the endpoint's favourite first. */
async function offers(context: AttackContext): Promise<readonly Challenge[]> {
  const { challenges } = await context.refusalAt("/digest");
  return challenges.filter(({ scheme }) => scheme.toLowerCase() === "digest");
}

/** @throws NotRun when there is none that is spoken here */
async function askChallenge(context: AttackContext): Promise<Challenge> {
  const found = (await offers(context)).find(
    (each) => known.includes(algorithmIn(each)) && /\bauth\b(?!-)/.test(each.params.qop ?? ""),
  );
  if (found !== undefined) return found;
  throw new NotRun(`no challenge for Digest with qop="auth" and one of ${known.join(", ")}`);
}

const theSameChallenge = once(askChallenge);
/** How often each nonce was answered so far: the next count is one more (RFC 7616 §3.4). */
const countsOf = once((_context: AttackContext) => new Map<string, number>());

function nextCount(context: AttackContext, nonce: string): string {
  const counts = countsOf(context);
  const count = (counts.get(nonce) ?? 0) + 1;
  counts.set(nonce, count);
  return count.toString(16).padStart(8, "0");
}

async function credentials(
  context: AttackContext,
  signing: Signing,
  path: string,
): Promise<string> {
  const { username, password } = { ...context.caller("digest"), ...signing };
  const { sameChallenge = false, method = "GET", sent = (params: Params) => params } = signing;
  const { nonce: toNonce = (real: string) => real } = signing;
  const challenge = await (sameChallenge ? theSameChallenge : askChallenge)(context);
  const { realm = "", opaque } = challenge.params;
  const algorithm = signing.algorithm ?? (algorithmIn(challenge) as DigestAlgorithm);
  const ha1 = await digestHa1(digestHashOf(algorithm), { username, realm, password });
  const nonce = toNonce(challenge.params.nonce ?? "");
  const nonceCount = nextCount(context, nonce);
  const { pathname, search } = new URL(context.urlOf(signing.path ?? path));
  const signed = { nonce, uri: `${pathname}${search}`, cnonce: crypto.randomUUID(), algorithm };
  const qop = "auth";
  const response = await digestResponse({ ...signed, ha1, method, qop, nonceCount });
  const told = { username, realm, ...(opaque !== undefined && { opaque }) };
  return formatParams(sent({ ...told, ...signed, response, qop, nc: nonceCount }));
}

/** RFC 7616 §3.4: three of them are not quoted. */
function formatParams(params: Params): string {
  const quote = (text: string) => `"${text.replace(/["\\]/g, "\\$&")}"`;
  return Object.entries(params)
    .map(([name, value]) => {
      const isBare = ["algorithm", "qop", "nc"].includes(name);
      return `${name}=${isBare ? value : quote(value)}`;
    })
    .join(", ");
}

/** A request with an answer to the challenge. */
export const signedByDigest =
  (signing: Signing = {}, path = "/digest"): AttackCase["request"] =>
  async (context) =>
    get(path, [["authorization", `Digest ${await credentials(context, signing, path)}`]]);

/** @throws NotRun where MD5 is offered */
const downgraded =
  (signing: Signing): AttackCase["request"] =>
  async (context) => {
    const offered = (await offers(context)).map(algorithmIn);
    if (offered.includes("MD5")) throw new NotRun("MD5 is offered");
    return signedByDigest(signing)(context);
  };

/** Of the form that nonces have there: another would be refused as no nonce at all, by some. */
const madeUp = (real: string) => real.replace(/^./, (letter) => (letter === "A" ? "B" : "A"));

const wrong = { status: 401, reason: "digest_invalid" };
/** RFC 7616 §3.4.6 has 400 for another URI. */
const wrongUri = { status: 401, reason: "digest_uri_mismatch", also: [400] };
const notOffered = { status: 401, reason: "digest_not_offered", also: [400] };
export const stale = { status: 401, reason: "digest_nonce_stale", challenge: "stale=true" };
const first = once(signedByDigest({ sameChallenge: true }));

const cases: readonly GroupedCase[] = [
  { id: "good-digest", expect: "accept", request: first },
  {
    id: "digest-count-replayed",
    source: "RFC 7616 §3.4, §5.12",
    expect: { status: 401, reason: "request_replayed" },
    request: first,
  },
  {
    // Some servers take a nonce once.
    id: "good-digest-next-count",
    isLenient: true,
    expect: "accept",
    request: signedByDigest({ sameChallenge: true }),
  },
  {
    id: "digest-count-changed",
    expect: wrong,
    request: signedByDigest({ sent: (params) => ({ ...params, nc: "0000ffff" }) }),
  },
  {
    id: "digest-wrong-password",
    expect: wrong,
    request: signedByDigest({ password: "a password of somebody else" }),
  },
  { id: "digest-empty-password", expect: wrong, request: signedByDigest({ password: "" }) },
  {
    id: "digest-unknown-user",
    expect: wrong,
    request: signedByDigest({ username: "nobody", password: "" }),
  },
  {
    id: "digest-other-uri",
    expect: wrongUri,
    request: signedByDigest({ path: "/digest?admin=1" }),
  },
  {
    id: "digest-other-query",
    expect: wrongUri,
    request: signedByDigest({ path: "/digest" }, "/digest?admin=1"),
  },
  {
    id: "digest-uri-not-signed",
    expect: wrong,
    request: async (context) => {
      const { pathname, search } = new URL(context.urlOf("/digest"));
      const sent = (params: Params) => ({ ...params, uri: `${pathname}${search}` });
      return signedByDigest({ path: "/digest?admin=1", sent })(context);
    },
  },
  { id: "digest-other-method", expect: wrong, request: signedByDigest({ method: "POST" }) },
  { id: "digest-downgraded", expect: notOffered, request: downgraded({ algorithm: "MD5" }) },
  {
    id: "digest-downgraded-name",
    expect: notOffered,
    request: downgraded({ sent: (params) => ({ ...params, algorithm: "MD5" }) }),
  },
  {
    id: "digest-response-made-up",
    expect: wrong,
    request: signedByDigest({ sent: (params) => ({ ...params, response: "0".repeat(64) }) }),
  },
  { id: "digest-nonce-made-up", expect: stale, request: signedByDigest({ nonce: madeUp }) },
  {
    id: "digest-nonce-made-up-and-wrong-password",
    expect: wrong,
    request: signedByDigest({ nonce: madeUp, password: "a password of somebody else" }),
  },
  { id: "good-digest-after-all-that", expect: "accept", request: signedByDigest() },
];

export const digestCases = groupOf("digest", "RFC 7616 §3.4", cases);
