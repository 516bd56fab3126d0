import { describe, expect, test } from "vitest";
import { createJwtVerifier, type JwtVerifierOptions } from "./create-jwt-verifier.ts";
import { audience, clock, issuer, makeKey, now, outcomeOf, signRaw } from "./signing.fixture.ts";

const key = await makeKey("RS256", "k1");
const trust = { issuer, audience, jwks: { keys: [key.jwk] }, profile: "rfc9068" } as const;
const verifier = createJwtVerifier({ ...trust, clock });
const header = { alg: "RS256", kid: "k1", typ: "at+jwt" };
const good = {
  iss: issuer,
  sub: "5ba552d67",
  aud: audience,
  exp: now + 300,
  iat: now - 10,
  jti: "dbe39bf3a3ba4238a513f51d6e1691c4",
  client_id: "s6BhdRkqt3",
};

const outcome = async (claims: object, more: object = {}, by = verifier) =>
  outcomeOf(by, await signRaw(key, { ...header, ...more }, { ...good, ...claims }));

test("RFC 9068 §3: the example of a token, signed by us", async () => {
  const claims = {
    iss: "https://authorization-server.example.com/",
    sub: "5ba552d67",
    aud: "https://rs.example.com/",
    exp: 1639528912,
    iat: 1618354090,
    jti: "dbe39bf3a3ba4238a513f51d6e1691c4",
    client_id: "s6BhdRkqt3",
    scope: "openid profile reademail",
  };
  const example = createJwtVerifier({
    ...trust,
    issuer: claims.iss,
    audience: claims.aud,
    clock: { now: () => 1618354100_000 },
  });
  const { claims: verified } = await example.verify(await signRaw(key, header, claims));
  expect(verified).toEqual(claims);
});

describe("the type (RFC 9068 §2.1 and §4)", () => {
  for (const typ of ["at+jwt", "application/at+jwt", "AT+JWT", "Application/at+JWT"]) {
    test(`${typ} is taken`, async () => expect(await outcome({}, { typ })).toBe("accepted"));
  }
  for (const typ of [undefined, "JWT", "jwt", "", "at", "at+jwt ", "dpop+jwt", "logout+jwt"]) {
    test(`${JSON.stringify(typ)} is not`, async () => {
      expect(await outcome({}, { typ })).toBe("token_type_mismatch");
    });
  }

  test("without the profile, none and JWT are taken as well", async () => {
    const { profile, ...plain } = trust;
    const lenient = createJwtVerifier({ ...plain, clock });
    expect(await outcome({}, { typ: undefined }, lenient)).toBe("accepted");
    expect(await outcome({ jti: undefined, sub: undefined }, { typ: "JWT" }, lenient)).toBe(
      "accepted",
    );
  });
});

describe("claims that must be there (RFC 9068 §2.2)", () => {
  for (const name of ["exp", "sub", "client_id", "iat", "jti", "aud"]) {
    test(`${name}`, async () => {
      expect(await outcome({ [name]: undefined })).toBe("claim_invalid");
      expect(await outcome({ [name]: null })).toBe("claim_invalid");
    });
  }

  test("iss, by which issuers are told apart", async () => {
    expect(await outcome({ iss: undefined })).toBe("issuer_mismatch");
  });

  for (const [name, values] of Object.entries({
    sub: ["", 7, ["a"], {}],
    client_id: ["", 7, ["a"], {}],
    jti: ["", 7, ["a"], {}],
    iat: [String(now), true, [now]],
    exp: [String(now + 300), true, [now]],
  })) {
    for (const value of values) {
      test(`${name} of ${JSON.stringify(value)} is not there`, async () => {
        expect(await outcome({ [name]: value })).toBe("claim_invalid");
      });
    }
  }

  test("azp does not stand for client_id", async () => {
    expect(await outcome({ client_id: undefined, azp: "web" })).toBe("claim_invalid");
  });

  test("an audience, even where any will do", async () => {
    const any = createJwtVerifier({ ...trust, audience: null, clientId: good.client_id, clock });
    expect(await outcome({}, {}, any)).toBe("accepted");
    for (const aud of [undefined, []])
      expect(await outcome({ aud }, {}, any)).toBe("claim_invalid");
  });

  test("what is missing is told before what does not fit", async () => {
    expect(await outcome({ exp: now - 100, jti: undefined })).toBe("claim_invalid");
  });
});

test("it is an issuer's own matter", async () => {
  const other = "https://other.example.com";
  const { profile, ...plain } = trust;
  const both = createJwtVerifier({ issuers: [trust, { ...plain, issuer: other }], clock });
  expect(await outcome({ jti: undefined }, {}, both)).toBe("claim_invalid");
  expect(await outcome({ jti: undefined, iss: other }, {}, both)).toBe("accepted");
});

test("it cannot be combined with types, nor be another", () => {
  const make = (options: object) => () =>
    createJwtVerifier({ ...trust, ...options } as JwtVerifierOptions);
  expect(make({ types: ["JWT"] })).toThrow("leave types out");
  expect(make({ types: ["at+jwt"] })).toThrow("leave types out");
  expect(make({ profile: "rfc7519" })).toThrow("rfc9068");
});

describe("other kinds of tokens, with the profile or without", () => {
  for (const token_use of ["id", "refresh", "id_token", "refresh_token", "ID_TOKEN"]) {
    test(`token_use ${token_use}`, async () => {
      expect(await outcome({ token_use })).toBe("token_type_mismatch");
    });
  }
  for (const token_use of ["access", "access_token", "identity", 7]) {
    test(`token_use ${token_use} is none of them`, async () => {
      expect(await outcome({ token_use })).toBe("accepted");
    });
  }
});
