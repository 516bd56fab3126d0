/**
 * Whatever callers send: a parser gives an answer or says that there is none, and a guard gives a
 * verdict. Nothing is thrown, and an input a thousand times as long takes no thousand times a thousand
 * steps: the longest ones below would then run for hours.
 */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readApiKey } from "./api-key/format.ts";
import { readCookie } from "./cookie/read-cookie.ts";
import { readDigest } from "./digest/read-credentials.ts";
import { parseProof } from "./dpop/parse-proof.ts";
import { apiKeys, cookie, digests, passwords, signedRequests } from "./explain/planted.fixture.ts";
import { parseAuthorization, token68 } from "./guard/authorization.ts";
import { createGuard } from "./guard/create-guard.ts";
import { readForwarded, readXForwarded } from "./guard/forwarded.ts";
import { parseAddressBlock } from "./guard/ip-address.ts";
import { makeRequest } from "./guard/made-request.fixture.ts";
import { presentsOAuth1, readOAuth1 } from "./oauth1/read-credentials.ts";
import { createMemoryReplays } from "./state/replay.ts";
import { jwt } from "./token/jwt.ts";
import { looksLikeJwt, parseToken } from "./token/parse-token.ts";
import { audience, clock, issuer, makeKey, segment } from "./token/signing.fixture.ts";
import { parseAuthParams } from "./wire/auth-params.ts";
import { decodeBase64Url } from "./wire/base64url.ts";
import { decodeBasic } from "./wire/basic.ts";
import { toDpopTarget } from "./wire/dpop-target.ts";
import { decodeExtValue } from "./wire/ext-value.ts";
import { parseFormParameters, parseOAuth1Header } from "./wire/oauth1-parameters.ts";
import { parseChallenges } from "./wire/parse-challenges.ts";
import { parseJsonObject } from "./wire/strict-json.ts";

const offer = { algorithms: ["SHA-256", "MD5"], qop: ["auth", "auth-int"] } as const;

/** Every parser of what callers send, by what it reads. */
const parsers: Readonly<Record<string, (text: string) => unknown>> = {
  "an Authorization field": parseAuthorization,
  "a token68": token68,
  "auth-params": parseAuthParams,
  challenges: parseChallenges,
  "an access token": parseToken,
  "a JWT at first sight": looksLikeJwt,
  "a DPoP proof": (text) => parseProof(text, ["ES256", "RS256"], true),
  "a target of DPoP": toDpopTarget,
  "an API key": (text) => readApiKey(text),
  "a Basic credential": decodeBasic,
  "Digest credentials": (text) => readDigest(text, offer),
  "an ext-value": decodeExtValue,
  "form parameters": parseFormParameters,
  "an OAuth 1.0a header": parseOAuth1Header,
  "OAuth 1.0a parameters": (text) => {
    const parameters = parseFormParameters(text) ?? [];
    return presentsOAuth1(parameters) && readOAuth1([parameters]);
  },
  "a Cookie field": (text) => readCookie(text, "__Host-access"),
  "a Forwarded field": (text) => readForwarded(() => text),
  "X-Forwarded fields": (text) => readXForwarded(() => text),
  "an address": parseAddressBlock,
  base64url: decodeBase64Url,
  JSON: (text) => parseJsonObject(new TextEncoder().encode(text)),
};

/** What the grammars are made of, so that inputs get further than their first character. */
const words = fc.constantFrom(
  ...["Basic", "Bearer", "Digest", "DPoP", "OAuth", "ApiKey", "oauth_signature", "oauth_nonce"],
  ...["username", "username*", "UTF-8''", "realm", "nonce", "nc", "qop", "uri", "response"],
  ...["__Host-access", "orders", "for", "proto", "https://", "eyJ", "{}", "[]", "null", "1e400"],
  ...["%", "%C3", "%c3%a4", "%00", "+", "/", "=", "==", ":", "_", ".", "..", "&", "?", "#"],
  ...['"', '\\"', "\\", "'", ",", ", ", ";", "; ", " ", "\t", "\r\n", "\0", "\u00e4", "\ud800"],
);
const text = fc.oneof(
  fc.string({ unit: "binary", maxLength: 60 }),
  fc
    .array(fc.oneof(words, fc.string({ maxLength: 4 })), { maxLength: 30 })
    .map((all) => all.join("")),
  fc.array(fc.json().map(segment), { maxLength: 4 }).map((all) => all.join(".")),
);

describe.each(Object.entries(parsers))("reading %s", (_, parse) => {
  test("never throws", () => {
    fc.assert(
      fc.property(text, (input) => {
        parse(input);
      }),
      { numRuns: 1000 },
    );
  });

  test("goes through a long input once", () => {
    for (const word of [
      "a",
      " ",
      "\t",
      ",",
      '"',
      "\\",
      '\\"',
      "=",
      "a=",
      "a,",
      "a=b,",
      ".",
      "%41",
    ]) {
      for (const start of ["", "Basic ", 'Digest a="', 'a="', "{", "[", "a=", "for=", "UTF-8''"]) {
        parse(`${start}${word.repeat(200_000 / word.length)}\u0000`);
      }
    }
  });
});

test("a guard has a verdict for whatever comes, and accepts none of it", async () => {
  const guard = createGuard({
    realm: "orders",
    publicUrl: "https://api.example.com",
    clock,
    schemes: [
      jwt({ issuer, audience, jwks: { keys: [(await makeKey("ES256")).jwk] }, cookie }),
      apiKeys(),
      passwords(),
      digests({ replays: createMemoryReplays({ clock }) }),
      signedRequests(),
    ],
  });
  const names = ["authorization", "cookie", "x-api-key", "dpop", "origin", "content-type", "host"];
  const headers = fc.dictionary(fc.constantFrom(...names), text);
  const request = fc.record({
    headers,
    method: fc.constantFrom("GET", "POST", "OPTIONS", "PATCH"),
    url: text.map((query) => `https://api.example.com/orders?${query}`),
    content: fc.oneof(text, fc.constant("oauth_consumer_key=printer&oauth_signature=x")),
    secure: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(request, async (each) => {
      const { kind } = await guard.check(makeRequest(each));
      expect(kind).toBe("rejected");
    }),
    { numRuns: 3000 },
  );
});
