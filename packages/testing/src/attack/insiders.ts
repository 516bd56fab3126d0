import { bearer, get } from "../adapter-contract/case.ts";
import { presentingKey } from "./api-keys.ts";
import { type AttackCase, type GroupedCase, groupOf, invalidToken } from "./case.ts";
import { signedByDigest, stale } from "./digest.ts";
import type { AttackKit } from "./kit.ts";
import { notOffered, signedByConsumer } from "./oauth1.ts";

/** The example of RFC 7617 §2.1: `test:123£`. */
const ofTheRfc: GroupedCase = {
  id: "good-basic-example-of-the-rfc",
  source: "RFC 7617 §2.1",
  expect: { subject: "test" },
  request: () => get("/basic", [["authorization", "Basic dGVzdDoxMjPCow=="]]),
};

const keyThat =
  (name: keyof AttackKit["apiKeys"]): AttackCase<AttackKit>["request"] =>
  (kit) =>
    presentingKey(() => kit.apiKeys[name])(kit);
const keyCases: readonly GroupedCase<AttackKit>[] = [
  { id: "good-api-key-that-will-replace-it", expect: "accept", request: keyThat("next") },
  {
    id: "api-key-revoked",
    expect: { status: 401, reason: "api_key_invalid" },
    request: keyThat("revoked"),
  },
  {
    id: "api-key-expired",
    expect: { status: 401, reason: "api_key_expired" },
    request: keyThat("expired"),
  },
];

const inactive = invalidToken("token_inactive");
const wrongType = invalidToken("token_type_mismatch");
const unavailable = { status: 503, reason: "introspection_unavailable" };
const answers: Readonly<Record<string, GroupedCase["expect"]>> = {
  active: "accept",
  inactive,
  down: unavailable,
  slow: unavailable,
  html: unavailable,
  string: unavailable,
  id: wrongType,
  refresh: wrongType,
  "refresh-type": wrongType,
  foreign: invalidToken("audience_mismatch"),
  expired: invalidToken("token_expired"),
  unheard: inactive,
};
const introspectionCases = Object.entries(answers).map(
  ([name, expect]): GroupedCase => ({
    id: expect === "accept" ? "good-opaque-token" : `introspection-${name}`,
    ...{ source: "RFC 7662 §2.2, §4", expect },
    request: () =>
      get(expect === unavailable ? `/opaque/${name}` : "/opaque", bearer(`opaque-token-${name}`)),
  }),
);

const unofferedMethod: GroupedCase = {
  id: "oauth1-signature-method-not-offered",
  expect: notOffered,
  request: signedByConsumer({ signatureMethod: "HMAC-SHA1" }),
};

const expiredNonce: GroupedCase<AttackKit> = {
  id: "digest-nonce-expired",
  expect: stale,
  request: async (kit) => {
    const request = await signedByDigest()(kit);
    kit.issuer.clock.advance("301s");
    return request;
  },
};

/**
 * What it takes a hand inside the server to set up: a key that expires, an issuer that fails, a clock to turn.
 * The last of them turns it.
 */
export const insiderCases: readonly AttackCase<AttackKit>[] = [
  ...groupOf("basic", "RFC 7617 §2", [ofTheRfc]),
  ...groupOf("api-key", "OWASP API2:2023", keyCases),
  ...groupOf("introspection", "RFC 7662", introspectionCases),
  ...groupOf("oauth1", "RFC 5849 §3.4", [unofferedMethod]),
  ...groupOf("digest", "RFC 7616 §3.3", [expiredNonce]),
];
