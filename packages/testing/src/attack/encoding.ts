import { bearer, get } from "../adapter-contract/case.ts";
import {
  type AttackCase,
  type GroupedCase,
  groupOf,
  invalidRequest,
  malformed,
  wrongClaim,
} from "./case.ts";
import type { AttackContext, SigningKey } from "./context.ts";
import { encode, forge, forged, goodClaims, rewritten, withText } from "./forge.ts";

const spoilt = (at: number, change: (segment: string) => string) =>
  rewritten((token) =>
    token
      .split(".")
      .map((segment, index) => (index === at ? change(segment) : segment))
      .join("."),
  );
/** A signature that has the characters which base64url has in place of `+` and `/`. */
const inBase64 = (kit: AttackContext) => {
  let token = forge(kit);
  while (!/-[^.]*$/.test(token) || !/_[^.]*$/.test(token)) token = forge(kit);
  const [header, payload, signature = ""] = token.split(".");
  const other = signature.replaceAll("-", "+").replaceAll("_", "/");
  return get("/tokens", bearer(`${header}.${payload}.${other}`));
};
/** 64 bytes leave four bits over in the last character. */
const strayBits = (signature: string) => {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  const last = alphabet.indexOf(signature.at(-1) ?? "A");
  return signature.slice(0, -1) + alphabet[last ^ 1];
};
const bytes =
  (change: (json: Buffer) => Uint8Array): AttackCase["request"] =>
  (kit) =>
    forged({ claims: change(Buffer.from(JSON.stringify(goodClaims(kit)))) })(kit);
/** A whole header, with what names the key in the place of `…`. */
const rawHeader = (text: string) =>
  forged({
    header: ({ alg, kid }: SigningKey) =>
      text.replace("…", JSON.stringify({ alg, kid }).slice(1, -1)),
  });
const jsonSerialised = (kit: AttackContext, flattened: boolean) => {
  const [header, payload, signature] = forge(kit).split(".");
  const parts = { protected: header, signature };
  const json = flattened ? { payload, ...parts } : { payload, signatures: [parts] };
  return get("/tokens", bearer(JSON.stringify(json)));
};
const prototype = '"__proto__":{"scope":"orders:read","roles":["admin"],"sub":"root"}';

const textCases: readonly GroupedCase[] = [
  { id: "space-in-header", expect: malformed, request: spoilt(0, insert(" ")) },
  { id: "space-in-payload", expect: malformed, request: spoilt(1, insert(" ")) },
  { id: "space-in-signature", expect: malformed, request: spoilt(2, insert(" ")) },
  { id: "tab-in-payload", expect: malformed, request: spoilt(1, insert("\t")) },
  { id: "padding", expect: malformed, request: spoilt(2, (segment) => `${segment}==`) },
  {
    id: "padding-of-header",
    expect: malformed,
    request: (kit) => get("/tokens", bearer(forge(kit).replace(".", `${"=".repeat(2)}.`))),
  },
  { id: "base64-characters", expect: malformed, request: inBase64 },
  { id: "stray-bits", expect: malformed, request: spoilt(2, strayBits) },
  {
    id: "token-percent-encoded",
    expect: malformed,
    request: rewritten((token) => token.replaceAll(".", "%2E")),
  },
  {
    id: "jws-json-flattened",
    source: "RFC 7515 §7.2.2",
    expect: invalidRequest("credential_malformed"),
    request: (kit) => jsonSerialised(kit, true),
  },
  {
    id: "jws-json-general",
    source: "RFC 7515 §7.2.1",
    expect: invalidRequest("credential_malformed"),
    request: (kit) => jsonSerialised(kit, false),
  },
  {
    id: "jws-json-encoded",
    source: "RFC 7515 §7.2",
    expect: malformed,
    request: () => get("/tokens", bearer(encode({ payload: "e30", signatures: [] }))),
  },
];

const jsonCases: readonly GroupedCase[] = [
  {
    id: "utf8-invalid",
    expect: malformed,
    request: bytes((json) =>
      Buffer.concat([json.subarray(0, -2), Buffer.from([0xff, 0x22, 0x7d])]),
    ),
  },
  {
    id: "byte-order-mark",
    expect: malformed,
    request: bytes((json) => Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), json])),
  },
  {
    id: "byte-order-mark-in-header",
    expect: malformed,
    request: rawHeader("\ufeff{…}"),
  },
  { id: "duplicate-claim", expect: malformed, request: withText(',"sub":"root"') },
  { id: "duplicate-escaped", expect: malformed, request: withText(',"\\u0073ub":"root"') },
  { id: "duplicate-nested", expect: malformed, request: withText(',"cnf":{"a":1,"\\u0061":2}') },
  {
    id: "duplicate-in-array",
    expect: malformed,
    request: withText(',"x":[{"a":1,"a":1}]'),
  },
  {
    id: "duplicate-alg",
    expect: malformed,
    request: rawHeader('{"alg":"none",…}'),
  },
  { id: "good-nested-claims", expect: "accept", request: withText(',"x":{"a":1,"b":{"a":1}}') },
  { id: "good-proto-claim", expect: "accept", request: withText(`,${prototype}`) },
  {
    id: "proto-claim-gives-no-scope",
    expect: { status: 403, error: "insufficient_scope", reason: "scope_missing" },
    request: withText(`,${prototype}`, "/scoped"),
  },
  {
    id: "proto-claim-gives-no-role",
    expect: { status: 403, reason: "role_missing" },
    request: withText(`,${prototype}`, "/admin"),
  },
  {
    id: "proto-header-gives-no-alg",
    expect: malformed,
    request: rawHeader('{"__proto__":{…}}'),
  },
  { id: "exp-1e400", expect: wrongClaim, request: expiring("1e400") },
  { id: "exp-minus-1e400", expect: wrongClaim, request: expiring("-1e400") },
  { id: "payload-array", expect: malformed, request: forged({ claims: "[]" }) },
  { id: "payload-null", expect: malformed, request: forged({ claims: "null" }) },
  { id: "payload-text", expect: malformed, request: forged({ claims: '"text"' }) },
  { id: "payload-no-json", expect: malformed, request: forged({ claims: "{'sub':1}" }) },
  { id: "header-array", expect: malformed, request: rawHeader("[]") },
];

const sizeCases: readonly GroupedCase[] = [
  {
    id: "million-dots",
    source: "CVE-2025-30204",
    expect: malformed,
    request: () => get("/tokens", bearer(".".repeat(1_000_000))),
  },
  {
    id: "million-dots-after-header",
    source: "CVE-2025-30204",
    expect: malformed,
    request: () => get("/tokens", bearer(`eyJhbGciOiJFUzI1NiJ9${".".repeat(1_000_000)}`)),
  },
  ...[65_536, 1_048_576].map(
    (size): GroupedCase => ({
      id: `token-of-${size / 1024}-kib`,
      expect: malformed,
      request: forged({ claims: { filler: "f".repeat(size) } }),
    }),
  ),
  {
    id: "deeply-nested",
    expect: malformed,
    request: forged({ claims: `{"x":${"[".repeat(10_000)}${"]".repeat(10_000)}}` }),
  },
  {
    id: "good-token-of-8-kib",
    expect: "accept",
    request: forged({ claims: { filler: "f".repeat(8000) } }),
  },
];

const wrongs = new Set([
  ...["good-nested-claims", "good-proto-claim", "proto-claim-gives-no-scope"],
  ...["proto-claim-gives-no-role", "proto-header-gives-no-alg"],
]);

export const encodingCases = groupOf("encoding", "RFC 7515 §2, §5.2; RFC 8259 §4, §8.1", [
  // Their issuer signed them, and nobody but it could: what is at stake is that all read the same.
  ...[...textCases, ...jsonCases].map((each) => ({ ...each, isLenient: !wrongs.has(each.id) })),
  ...sizeCases,
]);

function insert(text: string) {
  return (segment: string) => segment.slice(0, 8) + text + segment.slice(8);
}

function expiring(exp: string): AttackCase["request"] {
  return bytes((json) => Buffer.from(json.toString().replace(/"exp":\d+/, `"exp":${exp}`)));
}
