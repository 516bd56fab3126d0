import {
  formatOAuth1Header,
  isLoopback,
  type OAuth1Parameter,
  oauth1BaseString,
  signOAuth1,
} from "@countersign/core/wire";
import { get } from "../adapter-contract/case.ts";
import { type AttackCase, type GroupedCase, groupOf, once } from "./case.ts";
import { type AttackContext, NotRun } from "./context.ts";
import { secondsOf } from "./forge.ts";

/** What is other than in a good request. */
interface Signing {
  readonly method?: string;
  /** The path that is signed, with its query; otherwise the one that is asked for. */
  readonly path?: string;
  readonly host?: string;
  readonly signatureMethod?: "HMAC-SHA256" | "HMAC-SHA1" | "PLAINTEXT";
  readonly consumerKey?: string;
  readonly consumerSecret?: string;
  /** Seconds from now. */
  readonly age?: number;
  /** What is sent of it. */
  readonly sent?: (parameters: readonly OAuth1Parameter[]) => readonly OAuth1Parameter[];
}

async function header(context: AttackContext, path: string, signing: Signing): Promise<string> {
  const caller = { ...context.caller("oauth1"), ...signing };
  const { method = "GET", age = 0, sent = (parameters) => parameters } = signing;
  const { consumerKey, consumerSecret, signatureMethod = "HMAC-SHA1" } = caller;
  const parameters: readonly OAuth1Parameter[] = [
    ["oauth_consumer_key", consumerKey],
    ["oauth_nonce", crypto.randomUUID()],
    ["oauth_signature_method", signatureMethod],
    ["oauth_timestamp", String(secondsOf(context) - age)],
    ["oauth_version", "1.0"],
  ];
  const url = new URL(context.urlOf(signing.path ?? path));
  if (signing.host !== undefined) url.host = signing.host;
  const base = oauth1BaseString({ method, url: url.href, parameters }) ?? "";
  const signature = await signOAuth1(signatureMethod, base, { consumerSecret });
  return `OAuth ${formatOAuth1Header(sent([...parameters, ["oauth_signature", signature]]))}`;
}

/** A signed request. */
export const signedByConsumer =
  (signing: Signing = {}, path = "/oauth1"): AttackCase["request"] =>
  async (context) =>
    get(path, [["authorization", await header(context, path, signing)]]);

/** Sends one parameter otherwise than it was signed; `undefined`: not at all. */
const changing =
  (name: string, change: (value: string) => string | undefined): NonNullable<Signing["sent"]> =>
  (parameters) =>
    parameters.flatMap((each): OAuth1Parameter[] => {
      const value = each[0] === name ? change(each[1]) : each[1];
      return value === undefined ? [] : [[each[0], value]];
    });

const wrong = { status: 401, reason: "oauth1_signature_invalid" };
const untimely = { status: 401, reason: "oauth1_timestamp_refused" };
/** RFC 5849 §3.2 has 400 for what is not supported. */
export const notOffered = { status: 401, reason: "oauth1_not_offered", also: [400] };
const malformed = { status: 400, error: "invalid_request", reason: "oauth1_malformed" };
const replayed = once(signedByConsumer());

const cases: readonly GroupedCase[] = [
  { id: "good-oauth1", expect: "accept", request: replayed },
  {
    id: "oauth1-nonce-replayed",
    source: "RFC 5849 §3.3",
    expect: { status: 401, reason: "request_replayed" },
    request: replayed,
  },
  // How old a request may be is the server's to say (RFC 5849 §3.3).
  {
    id: "oauth1-timestamp-old",
    isLenient: true,
    expect: untimely,
    request: signedByConsumer({ age: 3600 }),
  },
  {
    id: "oauth1-timestamp-ahead",
    isLenient: true,
    expect: untimely,
    request: signedByConsumer({ age: -3600 }),
  },
  {
    id: "oauth1-timestamp-changed",
    expect: wrong,
    request: signedByConsumer({
      sent: changing("oauth_timestamp", (value) => String(Number(value) - 1)),
    }),
  },
  {
    id: "oauth1-nonce-changed",
    expect: wrong,
    request: signedByConsumer({ sent: changing("oauth_nonce", (value) => `${value}0`) }),
  },
  {
    id: "oauth1-parameter-added",
    expect: wrong,
    request: signedByConsumer({ path: "/oauth1" }, "/oauth1?admin=1"),
  },
  {
    id: "oauth1-parameter-changed",
    expect: wrong,
    request: signedByConsumer({ path: "/oauth1?a=1" }, "/oauth1?a=2"),
  },
  { id: "oauth1-method-changed", expect: wrong, request: signedByConsumer({ method: "POST" }) },
  { id: "oauth1-host-changed", expect: wrong, request: signedByConsumer({ host: "evil.test" }) },
  {
    id: "oauth1-wrong-secret",
    expect: wrong,
    request: signedByConsumer({ consumerSecret: "a-secret-of-somebody-else" }),
  },
  { id: "oauth1-empty-secret", expect: wrong, request: signedByConsumer({ consumerSecret: "" }) },
  {
    id: "oauth1-unknown-consumer",
    expect: wrong,
    request: signedByConsumer({ consumerKey: "nobody", consumerSecret: "" }),
  },
  {
    id: "oauth1-signature-empty",
    expect: malformed,
    request: signedByConsumer({ sent: changing("oauth_signature", () => "") }),
  },
  {
    id: "oauth1-signature-absent",
    expect: malformed,
    request: signedByConsumer({ sent: changing("oauth_signature", () => undefined) }),
  },
  {
    id: "oauth1-signature-method-unknown",
    expect: notOffered,
    request: signedByConsumer({ sent: changing("oauth_signature_method", () => "HMAC-MD5") }),
  },
  {
    id: "oauth1-plaintext-over-http",
    source: "RFC 5849 §3.4.4",
    expect: { status: 403, reason: "https_required", also: [400, 401] },
    request: async (context) => {
      const isSafe = isLoopback(new URL(context.urlOf("/oauth1")));
      if (isSafe) throw new NotRun("nobody listens in on a loopback address");
      return {
        ...(await signedByConsumer({ signatureMethod: "PLAINTEXT" })(context)),
        direct: true,
      };
    },
  },
  {
    id: "good-oauth1-plaintext-over-https",
    isLenient: true,
    expect: "accept",
    request: (context) => {
      const isSafe = context.urlOf("/oauth1").startsWith("https:");
      if (!isSafe) throw new NotRun("PLAINTEXT is for https alone");
      return signedByConsumer({ signatureMethod: "PLAINTEXT" })(context);
    },
  },
  {
    id: "oauth1-parameter-twice",
    source: "RFC 5849 §3.1",
    isLenient: true,
    expect: malformed,
    request: signedByConsumer({ sent: (parameters) => [...parameters, ["oauth_version", "1.0"]] }),
  },
  {
    id: "oauth1-parameter-in-two-places",
    source: "RFC 5849 §3.1",
    isLenient: true,
    expect: malformed,
    request: signedByConsumer({}, "/oauth1?oauth_version=1.0"),
  },
  {
    id: "good-oauth1-other-order-and-encoding",
    source: "RFC 5849 §3.4.1.3",
    expect: "accept",
    request: signedByConsumer(
      { path: "/oauth1?a=x%20y&b=~&a%20b=1", sent: (parameters) => parameters.toReversed() },
      "/oauth1?b=%7E&a+b=1&a=x+y",
    ),
  },
  { id: "good-oauth1-after-all-that", expect: "accept", request: signedByConsumer() },
];

export const oauth1Cases = groupOf("oauth1", "RFC 5849 §3.2", cases);
