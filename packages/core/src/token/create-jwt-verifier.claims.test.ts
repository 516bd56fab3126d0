import { describe, expect, test } from "vitest";
import { createJwtVerifier, type JwtVerifier } from "./create-jwt-verifier.ts";
import {
  audience,
  clock,
  goodClaims,
  issuer,
  makeKey,
  now,
  outcomeOf,
  segment,
  sign,
  signRaw,
} from "./signing.fixture.ts";

const key = await makeKey("ES256", "k1");
const jwks = { keys: [key.jwk] };
const verifier = createJwtVerifier({ issuer, audience, clock, jwks });

type Row = [name: string, expected: string, claims: object];

function check(rows: Row[], by: JwtVerifier = verifier, control: object = {}) {
  for (const [name, expected, claims] of rows) {
    test(`${name}: ${expected}`, async () => {
      expect(await outcomeOf(by, await sign(key, claims))).toBe(expected);
      expect(await outcomeOf(by, await sign(key, control))).toBe("accepted");
    });
  }
}

/** Claims that JSON.stringify cannot write. */
function checkText(rows: [name: string, expected: string, members: string][]) {
  const { exp: _, ...claims } = goodClaims;
  const start = JSON.stringify(claims).slice(0, -1);
  for (const [name, expected, members] of rows) {
    test(`${name}: ${expected}`, async () => {
      const token = await signRaw(key, { alg: "ES256", kid: "k1" }, `${start},${members}}`);
      expect(await outcomeOf(verifier, token)).toBe(expected);
      expect(await outcomeOf(verifier, await sign(key))).toBe("accepted");
    });
  }
}

describe("exp (RFC 7519 §4.1.4)", () => {
  check([
    ["expired", "token_expired", { exp: now - 1000 }],
    ["at the end of the tolerance", "token_expired", { exp: now - 30 }],
    ["within the tolerance", "accepted", { exp: now - 29 }],
    ["now", "accepted", { exp: now }],
    ["of a fraction", "accepted", { exp: now + 0.5 }],
    ["zero", "token_expired", { exp: 0 }],
    ["negative", "token_expired", { exp: -now }],
    ["in milliseconds, as some write it", "accepted", { exp: now * 1000 }],
    ["absent", "claim_invalid", { exp: undefined }],
    ["null", "claim_invalid", { exp: null }],
    ["a string", "claim_invalid", { exp: String(now + 300) }],
    ["an array", "claim_invalid", { exp: [now + 300] }],
    ["an object", "claim_invalid", { exp: { valueOf: now + 300 } }],
    ["true", "claim_invalid", { exp: true }],
  ]);
  checkText([
    ["1e400, which JSON.parse reads as Infinity", "claim_invalid", '"exp":1e400'],
    ["-1e400", "claim_invalid", '"exp":-1e400'],
    ["999 nines", "claim_invalid", `"exp":${"9".repeat(999)}`],
    ["written with an exponent", "accepted", '"exp":1.8e9'],
    ["NaN, which is no JSON", "token_malformed", '"exp":NaN'],
    ["in __proto__ alone", "claim_invalid", `"__proto__":{"exp":${now + 300}}`],
  ]);
});

describe("nbf and iat (RFC 7519 §4.1.5 and §4.1.6)", () => {
  for (const name of ["nbf", "iat"]) {
    check([
      [`${name} in the future`, "token_not_yet_valid", { [name]: now + 1000 }],
      [`${name} just beyond the tolerance`, "token_not_yet_valid", { [name]: now + 31 }],
      [`${name} within the tolerance`, "accepted", { [name]: now + 30 }],
      [`${name} past`, "accepted", { [name]: now - 1_000_000 }],
      [`${name} absent`, "accepted", { [name]: undefined }],
      [`${name} a string`, "claim_invalid", { [name]: String(now) }],
      [`${name} null`, "claim_invalid", { [name]: null }],
      [`${name} an array`, "claim_invalid", { [name]: [now] }],
    ]);
  }

  checkText([["nbf 1e400", "claim_invalid", `"exp":${now + 300},"nbf":1e400`]]);

  test("the tolerance can be set", async () => {
    const none = createJwtVerifier({ issuer, audience, clock, jwks, clockTolerance: 0 });
    expect(await outcomeOf(none, await sign(key, { exp: now }))).toBe("token_expired");
    expect(await outcomeOf(none, await sign(key, { exp: now + 1 }))).toBe("accepted");
    expect(await outcomeOf(none, await sign(key, { nbf: now + 1 }))).toBe("token_not_yet_valid");
    const minute = createJwtVerifier({ issuer, audience, clock, jwks, clockTolerance: 60 });
    expect(await outcomeOf(minute, await sign(key, { exp: now - 59 }))).toBe("accepted");
    expect(await outcomeOf(minute, await sign(key, { exp: now - 60 }))).toBe("token_expired");
  });
});

describe("aud (RFC 7519 §4.1.3)", () => {
  check([
    ["absent", "audience_mismatch", { aud: undefined }],
    ["foreign", "audience_mismatch", { aud: "https://other.example.com" }],
    ["empty", "audience_mismatch", { aud: "" }],
    ["an empty array (CVE-2020-26160)", "audience_mismatch", { aud: [] }],
    ["an array of an empty string", "audience_mismatch", { aud: [""] }],
    ["an array of others", "audience_mismatch", { aud: ["a", "b"] }],
    ["an array that holds ours", "accepted", { aud: ["a", audience] }],
    ["ours with a slash", "audience_mismatch", { aud: `${audience}/` }],
    ["a prefix of ours", "audience_mismatch", { aud: audience.slice(0, -1) }],
    ["ours in capitals", "audience_mismatch", { aud: audience.toUpperCase() }],
    ["a pattern", "audience_mismatch", { aud: ".*" }],
    ["ours among words", "audience_mismatch", { aud: `a ${audience}` }],
    ["null", "claim_invalid", { aud: null }],
    ["a number", "claim_invalid", { aud: 5 }],
    ["true", "claim_invalid", { aud: true }],
    ["an object", "claim_invalid", { aud: { [audience]: true } }],
    ["an object like an array", "claim_invalid", { aud: { 0: audience, length: 1 } }],
    ["ours within an array within an array", "claim_invalid", { aud: [[audience]] }],
    ["ours beside a number", "claim_invalid", { aud: [audience, 5] }],
  ]);

  const several = createJwtVerifier({ issuer, audience: ["a", "b"], clock, jwks });
  const rows: Row[] = [
    ["one of several that are ours", "accepted", { aud: "b" }],
    ["two of them", "accepted", { aud: ["a", "b"] }],
    ["their list in one string", "audience_mismatch", { aud: "a,b" }],
    ["none of them", "audience_mismatch", { aud: "c" }],
  ];
  check(rows, several, { aud: "a" });
});

describe("iss (RFC 7519 §4.1.1, RFC 8725 §3.8)", () => {
  check([
    ["absent", "issuer_mismatch", { iss: undefined }],
    ["foreign", "issuer_mismatch", { iss: "https://evil.example.com" }],
    ["empty", "issuer_mismatch", { iss: "" }],
    ["an array that holds ours (CVE-2025-30144)", "issuer_mismatch", { iss: [issuer] }],
    ["an array that holds ours and another", "issuer_mismatch", { iss: ["a", issuer] }],
    ["a prefix of ours", "issuer_mismatch", { iss: issuer.slice(0, -1) }],
    ["longer than ours", "issuer_mismatch", { iss: `${issuer}.evil.example.com` }],
    ["ours with a slash", "issuer_mismatch", { iss: `${issuer}/` }],
    ["ours in capitals", "issuer_mismatch", { iss: issuer.toUpperCase() }],
    ["ours with white space", "issuer_mismatch", { iss: `${issuer} ` }],
    ["null", "issuer_mismatch", { iss: null }],
    ["a number", "issuer_mismatch", { iss: 5 }],
    ["an object", "issuer_mismatch", { iss: { issuer } }],
    ["an object that cannot be a string", "issuer_mismatch", { iss: { toString: 1, valueOf: 2 } }],
  ]);

  test("an array too deep to be written out: issuer_mismatch", async () => {
    const iss = `${"[".repeat(6000)}${"]".repeat(6000)}`;
    const token = `${segment({ alg: "ES256" })}.${segment(`{"iss":${iss}}`)}.AA`;
    expect(await outcomeOf(verifier, token)).toBe("issuer_mismatch");
  });
});

describe("sub (RFC 7519 §4.1.2)", () => {
  check([
    ["absent, as for a client that acts for itself", "accepted", { sub: undefined }],
    ["empty", "claim_invalid", { sub: "" }],
    ["null", "claim_invalid", { sub: null }],
    ["a number", "claim_invalid", { sub: 5 }],
    ["true", "claim_invalid", { sub: true }],
    ["an array", "claim_invalid", { sub: ["ada"] }],
    ["an object", "claim_invalid", { sub: { id: "ada" } }],
  ]);
});

describe("client_id and azp, where they are checked", () => {
  const bound = createJwtVerifier({ issuer, audience, clientId: ["web", "cli"], clock, jwks });
  const rows: Row[] = [
    ["azp ours", "accepted", { azp: "cli" }],
    ["azp foreign", "client_mismatch", { azp: "evil" }],
    ["client_id foreign", "client_mismatch", { client_id: "evil" }],
    [
      "client_id foreign beside an azp of ours",
      "client_mismatch",
      { client_id: "evil", azp: "web" },
    ],
    ["neither", "client_mismatch", {}],
    ["client_id an array", "client_mismatch", { client_id: ["web"] }],
    ["client_id a number", "client_mismatch", { client_id: 5 }],
    ["the audience is checked all the same", "audience_mismatch", { client_id: "web", aud: "x" }],
  ];
  check(rows, bound, { client_id: "web" });
  check([["foreign, where they are not", "accepted", { client_id: "evil", azp: "evil" }]]);

  const anyAudience = createJwtVerifier({ issuer, audience: null, clientId: "web", clock, jwks });
  const anyRows: Row[] = [
    ["any audience for our client", "accepted", { client_id: "web", aud: ["x"] }],
    ["no audience for our client", "accepted", { client_id: "web", aud: undefined }],
    ["our audience for another client", "client_mismatch", { client_id: "evil" }],
    ["an ill-formed audience for our client", "claim_invalid", { client_id: "web", aud: 5 }],
  ];
  check(anyRows, anyAudience, { client_id: "web" });
});

describe("tokens of other kinds (RFC 8725 §3.12)", () => {
  check([
    ["an ID token of Cognito", "token_type_mismatch", { token_use: "id" }],
    ["an ID token of Keycloak", "token_type_mismatch", { typ: "ID" }],
    ["a refresh token of Keycloak", "token_type_mismatch", { typ: "Refresh" }],
    ["an offline token of Keycloak", "token_type_mismatch", { typ: "Offline" }],
    ["a refresh token by token_use", "token_type_mismatch", { token_use: "refresh" }],
    ["at_hash", "token_type_mismatch", { at_hash: "MTIzNDU2Nzg5MDEyMzQ1Ng" }],
    ["a nonce", "token_type_mismatch", { nonce: "n-0S6_WzA2Mj" }],
    ["a nonce that is null", "token_type_mismatch", { nonce: null }],
    ["an ID token that says access too", "token_type_mismatch", { token_use: "access", typ: "ID" }],
    ["an ID token in capitals", "token_type_mismatch", { token_use: "ID" }],
    ["an access token of Cognito", "accepted", { token_use: "access" }],
    ["an access token of Keycloak", "accepted", { typ: "Bearer" }],
    ["a claim that merely begins so", "accepted", { token_use: "ideal" }],
    ["a claim that merely ends so", "accepted", { token_use: "valid" }],
    ["a claim that cannot be a string", "accepted", { token_use: { toString: 1, valueOf: 2 } }],
  ]);
});

describe("names that every object has", () => {
  checkText([
    ["__proto__ as a claim is inert", "accepted", `"exp":${now + 300},"__proto__":{"admin":true}`],
    ["constructor too", "accepted", `"exp":${now + 300},"constructor":{"prototype":{"a":1}}`],
    ["toString and valueOf too", "accepted", `"exp":${now + 300},"toString":1,"valueOf":2`],
  ]);

  test("nothing of them reaches other objects, nor the claims' prototype", async () => {
    const payload = `${JSON.stringify(goodClaims).slice(0, -1)},"__proto__":{"admin":true}}`;
    const token = await signRaw(key, { alg: "ES256", kid: "k1" }, payload);
    const { claims } = await verifier.verify(token);
    expect(claims.admin).toBeUndefined();
    expect(Reflect.get({}, "admin")).toBeUndefined();
    expect(Object.getPrototypeOf(claims)).toBe(Object.prototype);
    expect(Object.hasOwn(claims, "__proto__")).toBe(true);
  });
});
