import { describe, expect, test } from "vitest";
import { encodeBase64Url } from "../wire/base64url.ts";
import { createJwtVerifier } from "./create-jwt-verifier.ts";
import { longestToken } from "./parse-token.ts";
import {
  audience,
  clock,
  goodClaims,
  issuer,
  makeKey,
  outcomeOf,
  type SegmentContent,
  segment,
  sign,
  signature,
  signRaw,
} from "./signing.fixture.ts";

const key = await makeKey("Ed25519", "k1");
const verifier = createJwtVerifier({ issuer, audience, clock, jwks: { keys: [key.jwk] } });
const good = await sign(key);
const [header = "", payload = "", seal = ""] = good.split(".");
const headerText = JSON.stringify({ alg: "Ed25519", kid: "k1" });
const claimsText = JSON.stringify(goodClaims);
const utf8 = new TextEncoder();

type Row = [name: string, expected: string, token: string | Promise<string>];

function check(rows: Row[]) {
  for (const [name, expected, token] of rows) {
    test(`${name}: ${expected}`, async () => {
      expect(await outcomeOf(verifier, await token)).toBe(expected);
      expect(await outcomeOf(verifier, good)).toBe("accepted");
    });
  }
}

const withPayload = (content: SegmentContent) => signRaw(key, headerText, content);
const withHeader = (content: SegmentContent) => signRaw(key, content, claimsText);
/** Segments as they are, with a signature over just these. */
const sealed = async (...segments: string[]) => {
  const input = segments.join(".");
  return `${input}.${await signature(key, input)}`;
};
const insert = (text: string, what: string, at = 5) => text.slice(0, at) + what + text.slice(at);

describe("base64url (RFC 7515 §2, RFC 4648 §3.5)", () => {
  const characters = {
    space: " ",
    tab: "\t",
    LF: "\n",
    CR: "\r",
    NUL: "\0",
    NBSP: "\u00a0",
    "=": "=",
  };
  const others = { "+": "+", "/": "/", "~": "~", "%41": "%41", é: "é", "\u{1f511}": "\u{1f511}" };
  // The 64 bytes of a signature end in a character with four stray bits.
  const last = seal.at(-1) ?? "";
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  const stray = `${seal.slice(0, -1)}${alphabet[alphabet.indexOf(last) + 1]}`;
  check([
    ...Object.entries({ ...characters, ...others }).flatMap(([name, character]): Row[] => [
      [`${name} in the header`, "token_malformed", sealed(insert(header, character), payload)],
      [`${name} in the payload`, "token_malformed", sealed(header, insert(payload, character))],
      [
        `${name} in the signature`,
        "token_malformed",
        `${header}.${payload}.${insert(seal, character)}`,
      ],
    ]),
    ["padding after the header", "token_malformed", sealed(`${header}=`, payload)],
    ["padding after the payload", "token_malformed", sealed(header, `${payload}==`)],
    ["padding after the signature", "token_malformed", `${good}==`],
    ["a newline at the end", "token_malformed", `${good}\n`],
    ["a newline at the beginning", "token_malformed", `\n${good}`],
    ["a space at the end", "token_malformed", `${good} `],
    ["a null byte at the end", "token_malformed", `${good}\0`],
    ["a scheme before it", "token_malformed", `Bearer ${good}`],
    ["quotes around it", "token_malformed", `"${good}"`],
    ["stray bits in the signature", "token_malformed", `${header}.${payload}.${stray}`],
    [
      "a lone last character",
      "token_malformed",
      sealed(header, `${payload}A`.slice(0, payload.length - (payload.length % 4) + 1)),
    ],
    ["- and _ where they belong", "accepted", withPayload(withSpecials)],
    ["+ and / in their place", "token_malformed", specialsInPlainBase64()],
  ]);
});

/** A payload whose base64url has both of the characters in which it differs from base64. */
const withSpecials = { ...goodClaims, text: "???>>>~~~ÿÿÿ".repeat(3) };

async function specialsInPlainBase64() {
  const encoded = segment(withSpecials);
  expect(encoded).toMatch(/-/);
  expect(encoded).toMatch(/_/);
  return sealed(header, encoded.replaceAll("-", "+").replaceAll("_", "/"));
}

describe("UTF-8 (RFC 7519 §7.2, RFC 8259 §8.1)", () => {
  const within = (text: string, bytes: number[]) => {
    const [before = "", after = ""] = text.split("HERE");
    return new Uint8Array([...utf8.encode(before), ...bytes, ...utf8.encode(after)]);
  };
  const claims = JSON.stringify({ ...goodClaims, note: "HERE" });
  const head = JSON.stringify({ alg: "Ed25519", kid: "k1", note: "HERE" });
  const invalid: [name: string, bytes: number[]][] = [
    ["a lone continuation byte", [0x80]],
    ["a cut sequence", [0xe2, 0x82]],
    ["an overlong slash", [0xc0, 0xaf]],
    ["an overlong quote", [0xc0, 0xa2]],
    ["a surrogate", [0xed, 0xa0, 0x80]],
    ["beyond Unicode", [0xf4, 0x90, 0x80, 0x80]],
    ["0xff", [0xff]],
  ];
  const bom = [0xef, 0xbb, 0xbf];
  check([
    ...invalid.flatMap(([name, bytes]): Row[] => [
      [`${name} in the payload`, "token_malformed", withPayload(within(claims, bytes))],
      [`${name} in the header`, "token_malformed", withHeader(within(head, bytes))],
    ]),
    [
      "a byte-order mark before the payload",
      "token_malformed",
      withPayload(within(`HERE${claimsText}`, bom)),
    ],
    [
      "a byte-order mark before the header",
      "token_malformed",
      withHeader(within(`HERE${headerText}`, bom)),
    ],
    ["UTF-16", "token_malformed", withPayload(new Uint8Array(Buffer.from(claimsText, "utf16le")))],
    ["a mark within a string", "accepted", withPayload(within(claims, bom))],
    ["all of Unicode", "accepted", withPayload({ ...goodClaims, name: "Ἀδα 愛 \u{1f511}" })],
  ]);
});

describe("JSON (RFC 8259)", () => {
  const add = (members: string) => `${claimsText.slice(0, -1)},${members}}`;
  const notObjects = ["[]", "null", '"text"', "5", "true", "", " ", "{", "}", "undefined", "{}}"];
  check([
    ...notObjects.flatMap((text): Row[] => [
      [`payload ${JSON.stringify(text)}`, "token_malformed", withPayload(text)],
      [`header ${JSON.stringify(text)}`, "token_malformed", withHeader(text)],
    ]),
    ["claims within an array", "token_malformed", withPayload(`[${claimsText}]`)],
    ["claims within a string", "token_malformed", withPayload(JSON.stringify(claimsText))],
    ["a trailing comma", "token_malformed", withPayload(`${claimsText.slice(0, -1)},}`)],
    ["single quotes", "token_malformed", withPayload(claimsText.replaceAll('"', "'"))],
    ["a comment", "token_malformed", withPayload(`${claimsText}/**/`)],
    ["two objects", "token_malformed", withPayload(claimsText + claimsText)],
    ["a control character in a string", "token_malformed", withPayload(add('"a":"\u0001"'))],
    ["white space that JSON allows", "accepted", withPayload(` \n${claimsText}\r\t`)],
    ["white space that it does not", "token_malformed", withPayload(`\u00a0${claimsText}`)],

    ["a member twice", "token_malformed", withPayload(add('"sub":"eve"'))],
    ["the same value twice", "token_malformed", withPayload(add('"sub":"ada"'))],
    ["a member twice, once escaped", "token_malformed", withPayload(add('"\\u0073ub":"eve"'))],
    ["a member twice, escaped otherwise", "token_malformed", withPayload(add('"s\\u0075b" :1'))],
    ["a nested member twice", "token_malformed", withPayload(add('"a":{"b":1,"b":2}'))],
    ["a deep one, escaped", "token_malformed", withPayload(add('"a":[[{"b":1,"\\u0062":2}]]'))],
    ["one after an inner object", "token_malformed", withPayload(add('"a":{"b":1},"a":2'))],
    ["__proto__ twice", "token_malformed", withPayload(add('"__proto__":1,"__proto__":2'))],
    ["an empty name twice", "token_malformed", withPayload(add('"":1,"":2'))],
    ["alg twice", "token_malformed", withHeader('{"alg":"none","kid":"k1","alg":"Ed25519"}')],
    [
      "alg twice, once escaped",
      "token_malformed",
      withHeader('{"alg":"Ed25519","\\u0061lg":"none"}'),
    ],
    ["kid twice", "token_malformed", withHeader('{"alg":"Ed25519","kid":"k1","kid":"k2"}')],

    ["one name in two objects", "accepted", withPayload(add('"a":{"b":1},"c":{"b":1}'))],
    ["one name at two depths", "accepted", withPayload(add('"a":{"a":{"a":1}}'))],
    ["a value that is a name", "accepted", withPayload(add('"a":"sub","b":["sub","sub"]'))],
    [
      "a value that looks like members",
      "accepted",
      withPayload(add('"a":"\\"sub\\":1,{\\"sub\\":2"')),
    ],
    ["names that differ in case", "accepted", withPayload(add('"SUB":"eve"'))],
    ["a backslash at the end of a string", "accepted", withPayload(add('"a":"\\\\","b":"\\\\"'))],
    [
      "an escaped member that stands once",
      "accepted",
      withHeader('{"\\u0061lg":"Ed25519","kid":"k1"}'),
    ],
  ]);
});

describe("form and size", () => {
  const parts = { protected: header, signature: seal };
  const general = JSON.stringify({ payload, signatures: [parts] });
  check([
    [
      "flattened JSON serialisation (RFC 7515 §7.2.2)",
      "token_malformed",
      JSON.stringify({ payload, ...parts }),
    ],
    ["general JSON serialisation (RFC 7515 §7.2.1)", "token_malformed", general],
    ["a nested JWT (RFC 7519 §5.2)", "token_malformed", withPayload(good)],
    ["a million dots (CVE-2025-30204)", "token_malformed", ".".repeat(1_000_000)],
    ["16 KiB of dots", "token_malformed", ".".repeat(longestToken)],
    [
      "a million brackets",
      "token_malformed",
      `${header}.${segment("[".repeat(1_000_000))}.${seal}`,
    ],
    ["64 KB, signed", "token_malformed", sign(key, { pad: "x".repeat(65_536) })],
    ["1 MB, signed", "token_malformed", sign(key, { pad: "x".repeat(1_000_000) })],
    ["of 16 KiB exactly, signed", "accepted", ofLength(longestToken)],
    ["one character longer, signed", "token_malformed", ofLength(longestToken + 1)],
    [
      "a deeply nested claim",
      "accepted",
      withPayload(`${claimsText.slice(0, -1)},"a":${"[".repeat(5000)}${"]".repeat(5000)}}`),
    ],
  ]);
});

/** A signed token of just that many characters. */
async function ofLength(length: number): Promise<string> {
  for (let pad = 0; pad < 4; pad++) {
    const head = encodeBase64Url(
      utf8.encode(JSON.stringify({ alg: "Ed25519", kid: "k1", pad: "x".repeat(pad) })),
    );
    const fixed = head.length + 2 + seal.length;
    const wanted = Math.floor(((length - fixed) * 3) / 4);
    const claims = { ...goodClaims, pad: "" };
    claims.pad = "x".repeat(wanted - JSON.stringify(claims).length);
    const token = await sealed(head, segment(claims));
    if (token.length === length) return token;
  }
  throw new Error(`no token has ${length} characters`);
}
