import {
  formatOAuth1Header,
  type OAuth1Parameter,
  oauth1BaseString,
  signOAuth1,
} from "@countersign/core/wire";
import { get } from "../adapter-contract/case.ts";
import { type AttackCase, type GroupedCase, once } from "./case.ts";
import { type AttackKit, secrets } from "./kit.ts";

/** What is other than in a good request. */
interface Signing {
  readonly method?: string;
  readonly url?: string;
  readonly signatureMethod?: "HMAC-SHA256" | "HMAC-SHA1" | "PLAINTEXT";
  /** Seconds from now. */
  readonly age?: number;
  /** Sent behind what was signed. */
  readonly added?: readonly OAuth1Parameter[];
  readonly reversed?: boolean;
}

async function header(kit: AttackKit, signing: Signing): Promise<string> {
  const { method = "GET", url = "https://api.test/oauth1", age = 0, added = [] } = signing;
  const { signatureMethod = "HMAC-SHA256", reversed = false } = signing;
  const timestamp = Math.floor(kit.issuer.clock.now() / 1000) - age;
  const parameters: readonly OAuth1Parameter[] = [
    ["oauth_consumer_key", "printer"],
    ["oauth_nonce", crypto.randomUUID()],
    ["oauth_signature_method", signatureMethod],
    ["oauth_timestamp", String(timestamp)],
    ["oauth_version", "1.0"],
  ];
  const base = oauth1BaseString({ method, url, parameters }) ?? "";
  const signature = await signOAuth1(signatureMethod, base, { consumerSecret: secrets.consumer });
  const sent = [...parameters, ["oauth_signature", signature] as const];
  return `OAuth ${formatOAuth1Header([...(reversed ? sent.toReversed() : sent), ...added])}`;
}

const signed =
  (signing: Signing = {}, path = "/oauth1"): AttackCase<AttackKit>["request"] =>
  async (kit) =>
    get(path, [["authorization", await header(kit, signing)]]);

const wrong = { status: 401, reason: "oauth1_signature_invalid" };
const untimely = { status: 401, reason: "oauth1_timestamp_refused" };
const twice = { status: 400, error: "invalid_request", reason: "oauth1_malformed" };
const replayed = once(signed());

export const oauth1Cases: readonly GroupedCase<AttackKit>[] = [
  { id: "good-oauth1", expect: { subject: "printer" }, request: replayed },
  {
    id: "oauth1-nonce-replayed",
    expect: { status: 401, reason: "request_replayed" },
    request: replayed,
  },
  { id: "oauth1-timestamp-old", expect: untimely, request: signed({ age: 301 }) },
  { id: "oauth1-timestamp-ahead", expect: untimely, request: signed({ age: -301 }) },
  { id: "oauth1-parameter-added", expect: wrong, request: signed({}, "/oauth1?admin=1") },
  {
    id: "oauth1-parameter-changed",
    expect: wrong,
    request: signed({ url: "https://api.test/oauth1?a=1" }, "/oauth1?a=2"),
  },
  { id: "oauth1-method-changed", expect: wrong, request: signed({ method: "POST" }) },
  {
    id: "oauth1-host-changed",
    expect: wrong,
    request: signed({ url: "https://evil.test/oauth1" }),
  },
  {
    id: "oauth1-signature-method-not-offered",
    expect: { status: 401, reason: "oauth1_not_offered" },
    request: signed({ signatureMethod: "HMAC-SHA1" }),
  },
  {
    id: "oauth1-plaintext-over-http",
    source: "RFC 5849 §3.4.4",
    expect: { status: 403, reason: "https_required" },
    request: async (kit) => ({
      ...(await signed({ signatureMethod: "PLAINTEXT" })(kit)),
      direct: true,
    }),
  },
  {
    id: "good-oauth1-plaintext-over-https",
    expect: { subject: "printer" },
    request: signed({ signatureMethod: "PLAINTEXT" }),
  },
  {
    id: "oauth1-parameter-twice",
    source: "RFC 5849 §3.1",
    expect: twice,
    request: signed({ added: [["oauth_version", "1.0"]] }),
  },
  {
    id: "oauth1-parameter-in-two-places",
    source: "RFC 5849 §3.1",
    expect: twice,
    request: signed(
      { url: "https://api.test/oauth1?oauth_version=1.0" },
      "/oauth1?oauth_version=1.0",
    ),
  },
  {
    id: "good-oauth1-other-order-and-encoding",
    source: "RFC 5849 §3.4.1.3",
    expect: { subject: "printer" },
    request: signed(
      { url: "https://api.test/oauth1?a=x%20y&b=~&a%20b=1", reversed: true },
      "/oauth1?b=%7E&a+b=1&a=x+y",
    ),
  },
];
