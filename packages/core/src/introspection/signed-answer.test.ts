import { describe, expect, test } from "vitest";
import type { Fetch } from "../keys/fetch-json.ts";
import {
  audience,
  hmacKey,
  issuer,
  makeKey,
  now,
  type SigningKey,
  signRaw,
} from "../token/signing.fixture.ts";
import { bearing, endpoint, endpointThat, goodAnswer, guardOf } from "./introspection.fixture.ts";
import type { IntrospectionOptions } from "./options.ts";

const key = await makeKey("ES256", "k1");
const other = await makeKey("ES256", "k1");
const header = { alg: "ES256", kid: "k1", typ: "token-introspection+jwt" };
const payload = { iss: issuer, aud: "orders-api", iat: now, token_introspection: goodAnswer };

const jwt = (text: string) => () =>
  new Response(text, {
    headers: { "content-type": "application/token-introspection+jwt; charset=utf-8" },
  });
const options = { jwks: { keys: [key.jwk] }, signed: true } as Partial<IntrospectionOptions>;

async function verdictOn(text: string, more: Partial<IntrospectionOptions> = {}) {
  const { fetch } = endpointThat(jwt(text));
  return guardOf(fetch, { ...options, ...more } as never).check(bearing("one"));
}

describe("a signed answer (RFC 9701)", () => {
  test("is asked for, and taken", async () => {
    const text = await signRaw(key, header, payload);
    const { fetch, questions } = endpointThat(jwt(text));
    const guard = guardOf(fetch, options);
    const verdict = await guard.check(bearing("one"));
    expect(verdict).toMatchObject({ principal: { subject: "ada", claims: goodAnswer } });
    expect(questions[0]?.headers.get("accept")).toBe("application/token-introspection+jwt");
  });

  test("is remembered as any other", async () => {
    const { fetch, questions } = endpointThat(jwt(await signRaw(key, header, payload)));
    const guard = guardOf(fetch, options);
    await guard.check(bearing("one"));
    expect(await guard.check(bearing("one"))).toMatchObject({ kind: "accepted" });
    expect(questions.length).toBe(1);
  });

  test("is verified where it was not asked for, too", async () => {
    const good = await verdictOn(await signRaw(key, header, payload), { signed: false });
    expect(good).toMatchObject({ kind: "accepted" });
    const forged = await verdictOn(await signRaw(other, header, payload), { signed: false });
    expect(forged).toMatchObject({ kind: "unavailable" });
  });

  test("may say that the token is not active", async () => {
    const answer = { ...payload, token_introspection: { active: false } };
    const verdict = await verdictOn(await signRaw(key, header, answer));
    expect(verdict).toMatchObject({ reason: "token_inactive" });
  });

  test("is held against everything else that answers are held against", async () => {
    const answer = { ...payload, token_introspection: { ...goodAnswer, aud: "https://x.example" } };
    const verdict = await verdictOn(await signRaw(key, header, answer));
    expect(verdict).toMatchObject({ reason: "audience_mismatch" });
  });

  test("RFC 9701 §5: the example, signed by us, which names the API by its audience", async () => {
    const aud = "https://rs.example.com/resource";
    const iss = "https://as.example.com/";
    const text = await signRaw(
      key,
      { typ: "token-introspection+jwt", alg: "ES256", kid: "k1" },
      {
        iss,
        aud,
        iat: 1514797892,
        token_introspection: {
          active: true,
          iss,
          aud,
          iat: 1514797822,
          exp: 1514797942,
          client_id: "paiB2goo0a",
          scope: "read write dolphin",
          sub: "Z5O3upPC88QrAjx00dis",
          birthdate: "1982-02-01",
          given_name: "John",
          family_name: "Doe",
          jti: "t1FoCCaZd4Xv4ORJUWVUeTZfsKhW30CQCrWDDjwXy6w",
        },
      },
    );
    const { fetch } = endpointThat(jwt(text));
    const guard = guardOf(fetch, { ...options, issuer: iss, audience: aud } as never, {
      now: () => 1514797892_000,
    });
    expect(await guard.check(bearing("one"))).toMatchObject({
      kind: "accepted",
      principal: { subject: "Z5O3upPC88QrAjx00dis", clientId: "paiB2goo0a" },
    });
  });

  test("is of up to 1 MiB, more than a token may have", async () => {
    const long = { ...payload, token_introspection: { ...goodAnswer, x: "x".repeat(100_000) } };
    expect(await verdictOn(await signRaw(key, header, long))).toMatchObject({ kind: "accepted" });
  });
});

describe("a signed answer that does not hold is an outage", () => {
  const sign = (changes: object, more: object = {}, by: SigningKey = key) =>
    signRaw(by, { ...header, ...more }, { ...payload, ...changes });
  const rows: [what: string, text: () => Promise<string>, message: string][] = [
    ["by another key", () => sign({}, {}, other), "does not hold"],
    ["by a key nobody knows", () => sign({}, { kid: "k2" }), "unknown key"],
    ["of another issuer", () => sign({ iss: "https://evil.example" }), "another issuer"],
    ["of nobody", () => sign({ iss: undefined }), "another issuer"],
    ["for another client", () => sign({ aud: "other-api" }), "meant for others"],
    ["for several others", () => sign({ aud: ["a", "b"] }), "meant for others"],
    ["for nobody", () => sign({ aud: undefined }), "meant for others"],
    ["without a time", () => sign({ iat: undefined }), "no time"],
    ["with a time as text", () => sign({ iat: String(now) }), "no time"],
    ["of the future", () => sign({ iat: now + 31 }), "in the future"],
    ["that is an access token", () => sign({}, { typ: "at+jwt" }), "another type"],
    ["that is an ID token", () => sign({}, { typ: "JWT" }), "another type"],
    ["without a type", () => sign({}, { typ: undefined }), "another type"],
    ["without an answer in it", () => sign({ token_introspection: undefined }), "no JSON object"],
    ["with an array for an answer", () => sign({ token_introspection: [] }), "no JSON object"],
    [
      "with active as text",
      () => sign({ token_introspection: { ...goodAnswer, active: "true" } }),
      "no boolean",
    ],
    ["with active outside", () => sign({ active: true, token_introspection: {} }), "no boolean"],
    ["that needs an extension", () => sign({}, { crit: ["x"] }), "no JWT"],
    [
      "that is not signed",
      async () => (await sign({}, { alg: "none" })).replace(/[^.]*$/, ""),
      "unknown key",
    ],
    [
      "by HMAC with the public key",
      async () =>
        signRaw(
          await hmacKey("HS256", JSON.stringify(key.jwk)),
          { ...header, alg: "HS256" },
          payload,
        ),
      "unknown key",
    ],
    ["that is encrypted", async () => "a.b.c.d.e", "no JWT"],
    ["that is plain JSON", async () => JSON.stringify(goodAnswer), "no JWT"],
    ["that is empty", async () => "", "no JWT"],
  ];
  for (const [what, text, message] of rows) {
    test(what, async () => {
      const verdict = await verdictOn(await text());
      expect(verdict).toMatchObject({ kind: "unavailable", reason: "introspection_unavailable" });
      expect(String(verdict.kind === "unavailable" && verdict.cause)).toContain(message);
    });
  }

  test("with one byte changed", async () => {
    const good = await sign({});
    const changed = good.replace(/.(?=[^.]*\.[^.]*$)/, (byte) => (byte === "A" ? "B" : "A"));
    expect(await verdictOn(good)).toMatchObject({ kind: "accepted" });
    expect(await verdictOn(changed)).toMatchObject({ kind: "unavailable" });
  });

  test("that is not signed at all, where signed ones are asked for", async () => {
    const { fetch } = endpointThat(goodAnswer);
    const verdict = await guardOf(fetch, options).check(bearing("one"));
    expect(verdict).toMatchObject({ kind: "unavailable" });
    expect(String(verdict.kind === "unavailable" && verdict.cause)).toContain("not signed");
  });
});

test("the issuer's keys are discovered, and while they are not there nothing is taken", async () => {
  const text = await signRaw(key, header, payload);
  const { fetch: ask } = endpointThat(jwt(text));
  const jwks_uri = "https://id.example.com/jwks";
  const pages: Record<string, object> = {
    [`${issuer}/.well-known/openid-configuration`]: {
      issuer,
      jwks_uri,
      introspection_endpoint: endpoint,
    },
  };
  const fetch: Fetch = async (url, init) => {
    if (url === endpoint) return ask(url, init);
    return url in pages ? Response.json(pages[url]) : new Response("", { status: 404 });
  };
  let time = now * 1000;
  const guard = guardOf(fetch, { signed: true, endpoint: undefined, audience } as never, {
    now: () => time,
  });
  expect(await guard.check(bearing("one"))).toMatchObject({ kind: "unavailable" });
  pages[jwks_uri] = { keys: [key.jwk] };
  time += 1000;
  expect(await guard.check(bearing("one"))).toMatchObject({ kind: "accepted" });
});
