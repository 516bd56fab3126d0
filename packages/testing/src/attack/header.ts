import { createPrivateKey } from "node:crypto";
import { CompactSign } from "jose";
import { bearer, get } from "../adapter-contract/case.ts";
import {
  type GroupedCase,
  groupOf,
  invalidToken,
  malformed,
  unknownKey,
  wrongSignature,
} from "./case.ts";
import { selfSigned } from "./certificate.ts";
import { type AttackContext, NotRun } from "./context.ts";
import { byStranger, es256, forged, goodClaims, misnamed } from "./forge.ts";
import { keys } from "./keys.ts";

const { attacker } = keys;
const certified = createPrivateKey(selfSigned.privateKey);
const metadata = "http://169.254.169.254/latest/meta-data/";

/** Whoever follows the header finds a key that fits, at a place that counts who comes. */
const ownKeyCases: readonly GroupedCase[] = [
  {
    id: "embedded-jwk",
    source: "CVE-2018-0114, CVE-2026-27962",
    expect: unknownKey,
    request: forged({
      header: { alg: "ES256", kid: "attacker", jwk: { ...attacker.jwk, kid: "attacker" } },
      signer: byStranger,
    }),
  },
  {
    id: "embedded-jwk-under-known-kid",
    source: "CVE-2018-0114, CVE-2026-27962",
    expect: wrongSignature,
    request: forged({ header: { alg: "ES256", jwk: attacker.jwk }, signer: byStranger }),
  },
  ...(["jku", "x5u"] as const).flatMap((member) =>
    [false, true].map(
      (isKnown): GroupedCase => ({
        id: `key-behind-${member}${isKnown ? "-under-known-kid" : ""}`,
        source: "RFC 8725 §3.10",
        expect: isKnown ? wrongSignature : unknownKey,
        request: (kit) =>
          forged({
            header: {
              alg: "ES256",
              ...(!isKnown && { kid: "attacker" }),
              [member]: `${kit.outside.url}/${member}`,
            },
            signer: byStranger,
          })(kit),
      }),
    ),
  ),
  {
    id: "x5c-self-signed",
    source: "RFC 8725 §3.10",
    expect: wrongSignature,
    request: forged({
      header: { alg: "ES256", x5c: [selfSigned.certificate] },
      signer: es256(certified),
    }),
  },
  {
    id: "x5c-self-signed-under-unknown-kid",
    source: "RFC 8725 §3.10",
    expect: unknownKey,
    request: forged({
      header: { alg: "ES256", kid: "x5c", x5c: [selfSigned.certificate] },
      signer: es256(certified),
    }),
  },
  {
    id: "jku-at-metadata-address",
    source: "CVE-2024-21643",
    expect: unknownKey,
    isLenient: true,
    request: misnamed("cloud", { jku: metadata }),
  },
  {
    id: "x5u-at-metadata-address",
    source: "CVE-2024-21643",
    expect: unknownKey,
    isLenient: true,
    request: misnamed("cloud", { x5u: metadata }),
  },
  {
    id: "good-token-with-jku",
    expect: "accept",
    request: (kit) => forged({ header: { jku: `${kit.outside.url}/jku` } })(kit),
  },
  {
    id: "good-token-with-jwk",
    expect: "accept",
    request: forged({ header: { jwk: attacker.jwk } }),
  },
];

const kids: Readonly<Record<string, readonly [GroupedCase["expect"], unknown]>> = {
  path: [unknownKey, "../../dev/null"],
  "dev-null": [unknownKey, "/dev/null"],
  sql: [unknownKey, "x' UNION SELECT 'secret' -- "],
  pipe: [unknownKey, "es|/usr/bin/id"],
  comma: [unknownKey, "es,rsa"],
  crlf: [unknownKey, "es\r\nSet-Cookie: session=1"],
  proto: [unknownKey, "__proto__"],
  empty: [unknownKey, ""],
  number: [malformed, 1],
  object: [malformed, { kid: "es" }],
  array: [malformed, ["es"]],
  null: [malformed, null],
  "64k": [malformed, "k".repeat(65_536)],
};

/** Signed by the right key: a server that goes by no names may take it. */
const naming = (kid: unknown) => (context: AttackContext) => {
  if (context.key("usual").kid !== undefined) return forged({ header: { kid } })(context);
  throw new NotRun("good tokens of this endpoint name no key");
};

const types = [
  "dpop+jwt",
  "logout+jwt",
  "secevent+jwt",
  "application/id+jwt",
  "entity-statement+jwt",
];

export const headerCases = groupOf("header", "RFC 7515 §4.1", [
  ...ownKeyCases,
  ...Object.entries(kids).map(
    ([name, [expect, kid]]): GroupedCase => ({
      ...{ id: `kid-${name}`, expect, isLenient: true, request: naming(kid) },
      source: "RFC 8725 §3.10",
    }),
  ),
  { id: "good-token-after-odd-kids", expect: "accept", request: forged({}) },
  {
    id: "crit-unknown",
    source: "CVE-2026-35042, CVE-2025-59420",
    expect: malformed,
    request: forged({ header: { crit: ["http://example.com/x"], "http://example.com/x": true } }),
  },
  {
    id: "crit-empty",
    isLenient: true,
    source: "RFC 7515 §4.1.11",
    expect: malformed,
    request: forged({ header: { crit: [] } }),
  },
  {
    id: "crit-names-alg",
    isLenient: true,
    source: "RFC 7515 §4.1.11",
    expect: malformed,
    request: forged({ header: { crit: ["alg"] } }),
  },
  {
    id: "b64-false",
    source: "RFC 7797 §6",
    expect: malformed,
    request: forged({ header: { b64: false, crit: ["b64"] } }),
  },
  {
    id: "b64-false-without-crit",
    isLenient: true,
    source: "RFC 7797 §6",
    expect: malformed,
    request: forged({ header: { b64: false } }),
  },
  ...types.map(
    (typ): GroupedCase => ({
      id: `typ-${typ.replace(/\W/g, "-")}`,
      source: "RFC 8725 §3.11",
      isLenient: true,
      expect: invalidToken("token_type_mismatch"),
      request: forged({ header: { typ } }),
    }),
  ),
  {
    id: "good-typ-with-application",
    isLenient: true,
    expect: "accept",
    request: forged({ header: { typ: "application/AT+JWT" } }),
  },
  // By the library that issuers use, not by what attacks are made with.
  {
    id: "key-of-issuer-unpublished",
    expect: unknownKey,
    request: async (context) => {
      const payload = new TextEncoder().encode(JSON.stringify(goodClaims(context)));
      const header = { alg: "ES256", kid: "unpublished", typ: "at+jwt" };
      const token = new CompactSign(payload).setProtectedHeader(header);
      return get("/tokens", bearer(await token.sign(attacker.privateKey)));
    },
  },
]);
