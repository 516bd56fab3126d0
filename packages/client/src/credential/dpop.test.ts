import { toSecret } from "@countersign/core/wire";
import { base64url, EmbeddedJWK, jwtVerify } from "jose";
import { expect, test, vi } from "vitest";
import { standingClock } from "../../fixtures/clock.ts";
import { fakeFetch } from "../../fixtures/fake-fetch.ts";
import { createAuthFetch } from "../fetch/create-auth-fetch.ts";
import type { DpopToken, TokenSource } from "../token/token-source.ts";
import { dpop } from "./dpop.ts";

const url = "https://api.example.com/orders?page=2";
const algorithm = { name: "ECDSA", namedCurve: "P-256" };
const key = await crypto.subtle.generateKey(algorithm, false, ["sign", "verify"]);

/** A source of `token-1`, the next one when it was refused. */
function source() {
  let number = 1;
  const invalidate = vi.fn(() => {
    number++;
  });
  const made: TokenSource<DpopToken> = {
    token: () => ({
      type: "dpop",
      value: toSecret(`token-${number}`),
      expiresAt: undefined,
      key,
    }),
    invalidate,
  };
  return { made, invalidate };
}

function setUp(answer: (request: Request, nth: number) => Response, given = source().made) {
  const fetch = fakeFetch(answer);
  const clock = standingClock();
  const origins = ["https://api.example.com", "https://other.example.com"];
  return { fetch, clock, api: createAuthFetch({ origins, credential: dpop(given), fetch, clock }) };
}

/** A request's proof, checked by jose against the key in it. */
async function proofOf(request: Request | undefined, clock: { now(): number }) {
  const options = { typ: "dpop+jwt", currentDate: new Date(clock.now()) };
  return jwtVerify(request?.headers.get("dpop") ?? "", EmbeddedJWK, options);
}

function refusal(error: string, headers: Record<string, string> = {}): Response {
  const field = `Bearer realm="a, b", DPoP error="${error}", algs="ES256"`;
  return new Response(null, { status: 401, headers: { "www-authenticate": field, ...headers } });
}

test("every request has a token, and a proof of its own for just this request", async () => {
  const { fetch, clock, api } = setUp(() => new Response());
  await api(url);
  await api(url, { method: "DELETE" });
  const [first, second] = fetch.requests;
  expect(first?.headers.get("authorization")).toBe("DPoP token-1");
  const { payload, protectedHeader } = await proofOf(first, clock);
  const { x, y } = await crypto.subtle.exportKey("jwk", key.publicKey);
  expect(protectedHeader).toEqual({
    typ: "dpop+jwt",
    alg: "ES256",
    jwk: { kty: "EC", crv: "P-256", x, y },
  });
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode("token-1"));
  expect(payload).toEqual({
    jti: expect.stringMatching(/^.{16,}$/),
    htm: "GET",
    htu: "https://api.example.com/orders",
    iat: clock.now() / 1000,
    ath: base64url.encode(new Uint8Array(digest)),
  });
  const next = await proofOf(second, clock);
  expect(next.payload.htm).toBe("DELETE");
  expect(next.payload.jti).not.toBe(payload.jti);
});

test("a nonce that is asked for is learnt, for its origin alone, and costs one retry", async () => {
  const { fetch, clock, api } = setUp(({ headers, url }) => {
    const { nonce } = JSON.parse(atob(headers.get("dpop")?.split(".")[1] ?? ""));
    const wanted = `nonce of ${new URL(url).host}`;
    if (nonce !== wanted) return refusal("use_dpop_nonce", { "dpop-nonce": wanted });
    return new Response("ok");
  });
  for (let calls = 0; calls < 2; calls++) {
    expect(await (await api(url)).text()).toBe("ok");
    expect(await (await api("https://other.example.com/")).text()).toBe("ok");
  }
  const proofs = await Promise.all(fetch.requests.map((request) => proofOf(request, clock)));
  expect(proofs.map(({ payload }) => payload.nonce)).toEqual([
    undefined,
    "nonce of api.example.com",
    undefined,
    "nonce of other.example.com",
    "nonce of api.example.com",
    "nonce of other.example.com",
  ]);
});

test("the next nonce is learnt from good answers (RFC 9449 §8.2)", async () => {
  const { fetch, clock, api } = setUp(
    (_, nth) => new Response(null, { headers: { "dpop-nonce": `n${nth}` } }),
  );
  for (let calls = 0; calls < 3; calls++) await api(url);
  const proofs = await Promise.all(fetch.requests.map((request) => proofOf(request, clock)));
  expect(proofs.map(({ payload }) => payload.nonce)).toEqual([undefined, "n1", "n2"]);
});

test("a nonce that changes on every answer, or never comes, ends the call", async () => {
  const { made, invalidate } = source();
  const changing = setUp((_, nth) => refusal("use_dpop_nonce", { "dpop-nonce": `n${nth}` }), made);
  expect((await changing.api(url)).status).toBe(401);
  expect(changing.fetch.requests).toHaveLength(2);
  const none = setUp(() => refusal("use_dpop_nonce"), made);
  expect((await none.api(url)).status).toBe(401);
  expect(none.fetch.requests).toHaveLength(1);
  const same = setUp(() => refusal("use_dpop_nonce", { "dpop-nonce": "n" }), made);
  expect((await same.api(url)).status).toBe(401);
  expect(same.fetch.requests).toHaveLength(2);
  // The nonce that was wanted was there: another proof of the same kind would be no better.
  expect((await same.api(url)).status).toBe(401);
  expect(same.fetch.requests).toHaveLength(3);
  expect(invalidate).not.toHaveBeenCalled();
});

test("a refused token is replaced, once; a refused proof is no reason to", async () => {
  const { made, invalidate } = source();
  const { fetch, api } = setUp(() => refusal("invalid_token"), made);
  expect((await api(url)).status).toBe(401);
  expect(fetch.requests.map(({ headers }) => headers.get("authorization"))).toEqual([
    "DPoP token-1",
    "DPoP token-2",
  ]);
  invalidate.mockClear();
  const proof = setUp(() => refusal("invalid_dpop_proof"), made);
  expect((await proof.api(url)).status).toBe(401);
  expect(proof.fetch.requests).toHaveLength(1);
  expect(invalidate).not.toHaveBeenCalled();
});

test("a nonce, and after it a new token, are both got in one call", async () => {
  const { fetch, api } = setUp(({ headers }, nth) => {
    if (nth === 1) return refusal("use_dpop_nonce", { "dpop-nonce": "n" });
    return headers.get("authorization") === "DPoP token-2"
      ? new Response("ok")
      : refusal("invalid_token");
  });
  expect(await (await api(url)).text()).toBe("ok");
  expect(fetch.requests).toHaveLength(3);
});

test("proofs have the server's time: a clock that is wrong costs one retry", async () => {
  const { fetch, clock, api } = setUp(({ headers }) => {
    const { iat } = JSON.parse(atob(headers.get("dpop")?.split(".")[1] ?? ""));
    const now = clock.now() + 3_600_000;
    const date = { date: new Date(now).toUTCString() };
    return iat * 1000 === now
      ? new Response("ok", { headers: date })
      : refusal("invalid_dpop_proof", date);
  });
  expect(await (await api(url)).text()).toBe("ok");
  expect(await (await api(url)).text()).toBe("ok");
  expect(fetch.requests).toHaveLength(3);
});

test("a source that steps up is asked, and one that cannot keeps its token", async () => {
  const { made, invalidate } = source();
  const stepUp = vi.fn<NonNullable<TokenSource<DpopToken>["stepUp"]>>();
  stepUp.mockImplementation(({ status }) =>
    status === 403 ? stepUp.mock.calls.length === 1 : undefined,
  );
  const { fetch, api } = setUp(() => new Response(null, { status: 403 }), { ...made, stepUp });
  expect((await api(url)).status).toBe(403);
  expect(fetch.requests).toHaveLength(2);
  expect(invalidate).not.toHaveBeenCalled();
});
