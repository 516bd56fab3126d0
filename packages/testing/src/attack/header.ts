import { createPrivateKey } from "node:crypto";
import { minted } from "../adapter-contract/case.ts";
import {
  type GroupedCase,
  groupOf,
  invalidToken,
  malformed,
  unknownKey,
  wrongSignature,
} from "./case.ts";
import { selfSigned } from "./certificate.ts";
import { es256, forged } from "./forge.ts";
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
      header: { kid: "attacker", jwk: { ...attacker.jwk, kid: "attacker" } },
      signer: es256(attacker.privateKey),
    }),
  },
  {
    id: "embedded-jwk-under-known-kid",
    source: "CVE-2018-0114, CVE-2026-27962",
    expect: wrongSignature,
    request: forged({ header: { jwk: attacker.jwk }, signer: es256(attacker.privateKey) }),
  },
  ...(["jku", "x5u"] as const).flatMap((member) =>
    [undefined, "es"].map(
      (kid): GroupedCase => ({
        id: `key-behind-${member}${kid ? "-under-known-kid" : ""}`,
        source: "RFC 8725 §3.10",
        expect: kid ? wrongSignature : unknownKey,
        request: (kit) =>
          forged({
            header: { kid: kid ?? "attacker", [member]: `${kit.outside.url}/${member}` },
            signer: es256(attacker.privateKey),
          })(kit),
      }),
    ),
  ),
  {
    id: "x5c-self-signed",
    source: "RFC 8725 §3.10",
    expect: wrongSignature,
    request: forged({ header: { x5c: [selfSigned.certificate] }, signer: es256(certified) }),
  },
  {
    id: "x5c-self-signed-under-unknown-kid",
    source: "RFC 8725 §3.10",
    expect: unknownKey,
    request: forged({
      header: { kid: "x5c", x5c: [selfSigned.certificate] },
      signer: es256(certified),
    }),
  },
  {
    id: "jku-at-metadata-address",
    source: "CVE-2024-21643",
    expect: unknownKey,
    request: forged({ header: { kid: "cloud", jku: metadata } }),
  },
  {
    id: "x5u-at-metadata-address",
    source: "CVE-2024-21643",
    expect: unknownKey,
    request: forged({ header: { kid: "cloud", x5u: metadata } }),
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

const types = [
  "dpop+jwt",
  "logout+jwt",
  "secevent+jwt",
  "application/id+jwt",
  "entity-statement+jwt",
];

export const headerCases = groupOf("header", [
  ...ownKeyCases,
  ...Object.entries(kids).map(
    ([name, [expect, kid]]): GroupedCase => ({
      ...{ id: `kid-${name}`, expect, request: forged({ header: { kid } }) },
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
    source: "RFC 7515 §4.1.11",
    expect: malformed,
    request: forged({ header: { crit: [] } }),
  },
  {
    id: "crit-names-alg",
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
    source: "RFC 7797 §6",
    expect: malformed,
    request: forged({ header: { b64: false } }),
  },
  ...types.map(
    (typ): GroupedCase => ({
      id: `typ-${typ.replace(/\W/g, "-")}`,
      source: "RFC 8725 §3.11",
      expect: invalidToken("token_type_mismatch"),
      request: forged({ header: { typ } }),
    }),
  ),
  {
    id: "good-typ-with-application",
    expect: "accept",
    request: forged({ header: { typ: "application/AT+JWT" } }),
  },
  // By the library that issuers use, not by what attacks are made with.
  {
    id: "key-of-issuer-unpublished",
    expect: unknownKey,
    request: minted("/tokens"),
  },
]);
