import { generateKeyPairSync } from "node:crypto";
import { inspect } from "node:util";
import { describe, expect, test } from "vitest";
import { inHeader, inQuery } from "./api-key/place.ts";
import { requestOf } from "./guard/request.fixture.ts";
import {
  type AuthRequest,
  allOf,
  apiKey,
  basic,
  claim,
  createApiKey,
  createGuard,
  createJwtVerifier,
  createMemoryApiKeys,
  fresh,
  jwt,
  permission,
  type Requirement,
  role,
  scope,
  toAnswer,
} from "./index.ts";
import { readPem } from "./keys/read-pem.ts";
import {
  audience,
  clock,
  hmacKey,
  issuer,
  makeKey,
  now,
  sign,
  signRaw,
} from "./token/signing.fixture.ts";
import { toSecret } from "./wire.ts";

// What must show up nowhere. Each is found again in the forms that it travels in.
const hmacSecret = "planted-hmac-secret-of-32-bytes-and-more";
const password = "planted-password";
const passwordHash = "planted-password-hash";
const ours = await createApiKey("orders");
const loose = "planted-loose-key-0123456789abcdef";
const forms = (text: string) => [
  text,
  btoa(text),
  btoa(text).replaceAll("=", ""),
  encodeURIComponent(text),
];
const planted = [
  ...[hmacSecret, password, passwordHash, loose, `ada:${password}`, `eve:${password}`].flatMap(
    forms,
  ),
  ...(ours.key.split("_")[2] ?? "").split(/(?<=^.{16})/),
  "planted",
];

const es256 = await makeKey("ES256", "k1");
const other = await makeKey("ES256", "k1");
const hs256 = await hmacKey("HS256", hmacSecret);
const hmacIssuer = "https://hmac.example.com";

/** Everything that a value may show to a log, a debugger or a caller. */
function shown(value: unknown): string {
  const asJson = () => {
    try {
      return JSON.stringify(value);
    } catch {
      return "";
    }
  };
  const parts = [
    inspect(value, { depth: Infinity, showHidden: true, maxStringLength: Infinity, getters: true }),
    asJson(),
    String(value),
  ];
  if (value instanceof Error) parts.push(value.message, String(value.stack), inspect({ ...value }));
  return parts.join("\n");
}

function expectClean(value: unknown, tokens: readonly string[] = []) {
  const text = shown(value);
  for (const secret of planted) expect(text).not.toContain(secret);
  for (const token of tokens) {
    // Neither whole nor in part: the signature is what makes a token worth stealing.
    for (const segment of token.split(".")) {
      if (segment.length > 20) expect(text).not.toContain(segment);
    }
  }
}

const keys = createMemoryApiKeys([
  { id: ours.id, hash: ours.hash, subject: "billing", expiresAt: now },
]);
const schemes = [
  jwt({
    issuers: [
      { issuer, audience, jwks: { keys: [es256.jwk] } },
      { issuer: hmacIssuer, audience, secret: toSecret(hmacSecret) },
    ],
  }),
  apiKey({ keys, from: [inHeader("x-api-key"), inQuery("api_key")] }),
  basic({
    users: { find: (name) => (name === "ada" ? { subject: "ada", passwordHash } : undefined) },
    passwords: { verify: (hash, given) => hash === passwordHash && given === password },
  }),
] as const;
const told: unknown[] = [];
const guard = createGuard({
  realm: "orders",
  clock,
  schemes,
  onEvent: (event) => void told.push(event),
});

const tokens = {
  good: await sign(es256),
  expired: await sign(es256, { exp: now - 900 }),
  forged: await sign(other),
  "of another issuer": await sign(es256, { iss: "https://x.example" }),
  "of an unknown key": await sign(es256, {}, { kid: "unknown" }),
  "of another audience": await sign(es256, { aud: "x" }),
  "of another kind": await sign(es256, {}, { typ: "logout+jwt" }),
  "with a bad claim": await sign(es256, { sub: 5 }),
  "of HMAC, good": await sign(hs256, { iss: hmacIssuer }),
  "of HMAC, expired": await sign(hs256, { iss: hmacIssuer, exp: 1 }),
  "of HMAC, forged": await sign(await hmacKey("HS256", "x".repeat(32)), { iss: hmacIssuer }),
  unsigned: `${(await signRaw(es256, { alg: "none" }, { iss: issuer })).split(".", 2).join(".")}.`,
  malformed: `${await sign(es256)}=`,
};
const all = Object.values(tokens);
const bearer = (token: string) => requestOf({ authorization: `Bearer ${token}` });

describe("verdicts, answers and events", () => {
  const requests: [what: string, request: AuthRequest][] = [
    ...Object.entries(tokens).map(([what, token]): [string, AuthRequest] => [
      `a token ${what}`,
      bearer(token),
    ]),
    ["a token under Basic", requestOf({ authorization: `Basic ${tokens.good}` })],
    ["an opaque token", bearer(loose)],
    ["a right password", requestOf({ authorization: `Basic ${btoa(`ada:${password}`)}` })],
    ["a wrong password", requestOf({ authorization: `Basic ${btoa(`ada:${password}2`)}` })],
    ["an unknown user", requestOf({ authorization: `Basic ${btoa(`eve:${password}`)}` })],
    ["an unreadable password", requestOf({ authorization: `Basic ${password}` })],
    ["an expired key", requestOf({ "x-api-key": ours.key })],
    ["a mistyped key", requestOf({ "x-api-key": `${ours.key.slice(0, -1)}x` })],
    ["an unknown key", requestOf({ "x-api-key": loose })],
    ["a key in the query", requestOf({}, `/orders?api_key=${loose}`)],
    ["two keys in the query", requestOf({}, `/orders?api_key=${loose}&api_key=${ours.key}`)],
    [
      "two credentials",
      requestOf({ "x-api-key": ours.key, authorization: `Bearer ${tokens.good}` }),
    ],
    ["a malformed field", requestOf({ authorization: `Bearer ${tokens.good}, Bearer ${loose}` })],
    ["a scheme that nobody takes", requestOf({ authorization: `Token ${loose}` })],
  ];
  const requirements: Requirement[] = [
    scope("a"),
    role("a"),
    permission("a"),
    claim("sub", () => false),
    fresh({ maxAge: 1, acr: ["a"] }),
    allOf(scope("a"), role("a")),
  ];
  for (const [what, request] of requests) {
    test(what, async () => {
      for (const view of [guard, guard.optional(), guard.only("basic")]) {
        for (const requirement of [undefined, ...requirements]) {
          const verdict = await view.check(request, requirement);
          expectClean(verdict, all);
          if (verdict.kind !== "accepted") expectClean(toAnswer(verdict), all);
        }
      }
      expect(told.length).toBeGreaterThan(0);
      expectClean(told.splice(0), all);
    });
  }

  test("of a guard whose stores and keys cannot be had: the cause is theirs, and holds no credential", async () => {
    const fails = () => Promise.reject(new Error("connection refused"));
    const down = createGuard({
      clock,
      schemes: [
        jwt({ issuer, audience, jwks: fails }),
        apiKey({ keys: { find: fails } }),
        basic({ users: { find: fails }, passwords: { verify: () => false } }),
      ],
    });
    for (const request of [
      bearer(tokens.good),
      requestOf({ "x-api-key": loose }),
      requestOf({ authorization: `Basic ${btoa(`ada:${password}`)}` }),
    ]) {
      const verdict = await down.check(request);
      expect(verdict.kind).toBe("unavailable");
      expectClean(verdict, all);
    }
  });

  test("a store's own error is kept for this side, and not sent", async () => {
    const cause = new Error(`planted: could not look ${loose} up`);
    const find = () => Promise.reject(cause);
    const down = createGuard({ schemes: [apiKey({ keys: { find } })] });
    const verdict = await down.check(requestOf({ "x-api-key": loose }));
    if (verdict.kind !== "unavailable") throw new Error(verdict.kind);
    expect(verdict.cause).toBe(cause);
    expectClean(toAnswer(verdict));
  });

  test("a fetch that fails names the place, and no token", async () => {
    const fetch = () => Promise.reject(new TypeError("fetch failed"));
    const remote = createGuard({ clock, schemes: [jwt({ issuer, audience, fetch })] });
    const verdict = await remote.check(bearer(tokens.good));
    expect(verdict).toMatchObject({ kind: "unavailable" });
    expect(shown(verdict)).toContain("https://id.example.com");
    expectClean(verdict, all);
  });
});

describe("guards, schemes and verifiers", () => {
  test("show nothing of what they hold, before and after use", async () => {
    const verifier = createJwtVerifier({ issuer: hmacIssuer, audience, clock, secret: hmacSecret });
    for (const token of all) {
      await verifier.verify(token).catch(() => {});
      await guard.check(bearer(token));
    }
    await guard.check(requestOf({ authorization: `Basic ${btoa(`ada:${password}`)}` }));
    for (const value of [
      guard,
      guard.optional(),
      guard.only("jwt"),
      guard.policy,
      schemes,
      verifier,
      keys,
    ]) {
      expectClean(value, all);
    }
    for (const scheme of schemes) {
      expectClean(scheme, all);
      expectClean(scheme.describe(), all);
      expectClean(scheme.find(bearer(tokens.good), { scheme: "bearer", value: tokens.good }), all);
    }
  });
});

describe("errors", () => {
  test("TokenErrors hold no token, and no secret", async () => {
    const verifiers = [
      createJwtVerifier({ issuer: hmacIssuer, audience, clock, secret: hmacSecret }),
      createJwtVerifier({ issuer, audience, clock, jwks: { keys: [es256.jwk] } }),
      createJwtVerifier({
        issuer,
        audience,
        clock,
        fetch: () => Promise.reject(new Error("down")),
      }),
    ];
    let errors = 0;
    for (const verifier of verifiers) {
      for (const token of all) {
        const error = await verifier.verify(token).catch((thrown) => thrown);
        if (!(error instanceof Error)) continue;
        errors += 1;
        expectClean(error, all);
      }
    }
    expect(errors).toBeGreaterThan(all.length);
  });

  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const privatePem = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
  const privateJwk = privateKey.export({ format: "jwk" });
  const trust = { issuer, audience };
  const mistakes: [what: string, make: () => unknown][] = [
    ["a secret that is too short", () => jwt({ ...trust, secret: "planted" })],
    [
      "too short for its algorithm",
      () => jwt({ ...trust, secret: hmacSecret, algorithms: ["HS512"] }),
    ],
    ["a secret for RSA", () => jwt({ ...trust, secret: hmacSecret, algorithms: ["RS256"] })],
    ["a private key for a secret", () => jwt({ ...trust, secret: privatePem })],
    ["a private key for a public one", () => readPem(privatePem)],
    [
      "a private key in PEM for a public JWK",
      () => jwt({ ...trust, publicKey: privatePem as never }),
    ],
    ["a secret for a public key", () => jwt({ ...trust, publicKey: hmacSecret as never })],
    [
      "a symmetric key for a public one",
      () => jwt({ ...trust, publicKey: { kty: "oct", k: btoa(hmacSecret) } }),
    ],
    [
      "a private key that is not for signatures",
      () => jwt({ ...trust, publicKey: { ...privateJwk, use: "enc" } }),
    ],
    ["a secret beside a key set", () => jwt({ ...trust, secret: hmacSecret, jwks: { keys: [] } })],
    [
      "two keys of one id",
      () => createMemoryApiKeys([1, 2].map(() => ({ id: "a", hash: loose, subject: "a" }))),
    ],
    [
      "a URL with a password",
      () => jwt({ ...trust, jwks: `http://ada:${password}@id.example.com/` }),
    ],
  ];
  for (const [what, make] of mistakes) {
    test(`a ConfigurationError about ${what} does not repeat it`, () => {
      let error: unknown;
      try {
        make();
      } catch (thrown) {
        error = thrown;
      }
      expect(error).toMatchObject({ name: "ConfigurationError" });
      // Its stack names this file; the message is what may be printed.
      const { message } = error as Error;
      for (const secret of [...planted, String(privateJwk.d), privatePem.split("\n")[1] ?? ""]) {
        expect(message).not.toContain(secret);
        expect(JSON.stringify(error)).not.toContain(secret);
        expect(inspect({ ...(error as Error) })).not.toContain(secret);
      }
    });
  }
});

test("this test would find what is planted", () => {
  expect(() => expectClean({ deep: [{ password }] })).toThrow();
  expect(() => expectClean(new Error(`wrong: ${loose}`))).toThrow();
  expect(() => expectClean({ header: `Basic ${btoa(`ada:${password}`)}` })).toThrow();
  expect(() => expectClean({ token: tokens.good }, all)).toThrow();
  expect(() => expectClean({ part: tokens.good.split(".")[2] }, all)).toThrow();
});
