import { createGuard, dpop, jwt } from "@countersign/core";
import { createMemoryReplays, type ReplayStore } from "@countersign/core/state";
import {
  createDpopProof,
  type DpopKeyPair,
  jwkThumbprint,
  type PublicJwk,
} from "@countersign/core/wire";
import { decodeJwt } from "jose";
import { describe, expect, test } from "vitest";
import { audience, basic, bodyOf, secret, startIssuer, url } from "../fixture.ts";

const ecdsa = { name: "ECDSA", namedCurve: "P-256" };
const makeKey = () => crypto.subtle.generateKey(ecdsa, false, ["sign"]) as Promise<DpopKeyPair>;
const [key, other] = [await makeKey(), await makeKey()];
const thumbprintOf = async ({ publicKey }: DpopKeyPair) =>
  jwkThumbprint((await crypto.subtle.exportKey("jwk", publicKey)) as PublicJwk);
const jkt = await thumbprintOf(key);
const grant = { grant_type: "client_credentials" };

function start({ nonceSecret, replays }: { nonceSecret?: string; replays?: ReplayStore } = {}) {
  const clock = { time: 1_800_000_000_000, now: () => clock.time };
  const started = startIssuer({
    clock,
    dpop: dpop({
      replays: replays ?? createMemoryReplays({ clock }),
      ...(nonceSecret !== undefined && { nonceSecret }),
    }),
  });
  const prove = (changes: Partial<Parameters<typeof createDpopProof>[0]> = {}) =>
    createDpopProof({ key, method: "POST", url: `${url}/token`, now: clock.time, ...changes });
  const turn = (seconds: number) => {
    clock.time += seconds * 1000;
  };
  const send = async (form: Record<string, string>, proof?: string, headers = {}) => {
    const field: Record<string, string> = proof === undefined ? {} : { dpop: proof };
    const response = await started.post("/token", form, { ...headers, ...field });
    return { status: response.status, body: await bodyOf(response), headers: response.headers };
  };
  /** Refreshes; a client's, when one is named. */
  const refresh = (token: string, proof?: string, client: Record<string, string> = {}) =>
    send({ grant_type: "refresh_token", refresh_token: token, ...client }, proof);
  return { ...started, clock, turn, prove, send, refresh };
}

describe("a proof at the token endpoint (RFC 9449 §5)", () => {
  test("binds the access token to its key", async () => {
    const { send, prove } = start();
    const { status, body } = await send(grant, await prove(), basic("reports", secret));
    expect(status).toBe(200);
    expect(body.token_type).toBe("DPoP");
    expect(decodeJwt(body.access_token).cnf).toEqual({ jkt });
  });

  test("is asked of nobody: without one a token is bound to nothing", async () => {
    const { send } = start();
    const { body } = await send(grant, undefined, basic("reports", secret));
    expect(body.token_type).toBe("Bearer");
    expect(decodeJwt(body.access_token)).not.toHaveProperty("cnf");
  });

  test("means nothing to an issuer that takes none", async () => {
    const { prove } = start();
    const { post } = startIssuer();
    const headers = { ...basic("reports", secret), dpop: await prove() };
    const response = await post("/token", grant, headers);
    expect(await response.json()).toMatchObject({ token_type: "Bearer" });
  });

  test("gives a token that a guard takes with a proof of that key, and not as Bearer", async () => {
    const { send, prove, issuer, clock } = start();
    const { body } = await send(grant, await prove(), basic("reports", secret));
    const token = body.access_token;
    const guard = createGuard({
      publicUrl: audience,
      clock,
      schemes: [
        jwt({
          issuer: url,
          audience,
          jwks: () => issuer.jwks(),
          dpop: dpop({ replays: createMemoryReplays({ clock }) }),
        }),
      ],
    });
    const check = async (scheme: string, proof?: string) => {
      const headers = new Map([["authorization", `${scheme} ${token}`]]);
      if (proof !== undefined) headers.set("dpop", proof);
      const verdict = await guard.check({
        method: "GET",
        url: `${audience}/orders`,
        header: (name) => headers.get(name),
        body: () => undefined,
        address: undefined,
        secure: true,
        certificate: undefined,
      });
      return verdict.kind === "accepted" ? verdict.principal.binding : verdict.reason;
    };
    const request = { method: "GET", url: `${audience}/orders`, token };
    expect(await check("DPoP", await prove(request))).toEqual({ type: "dpop", thumbprint: jkt });
    expect(await check("DPoP", await prove({ ...request, key: other }))).toBe("dpop_key_mismatch");
    expect(await check("Bearer")).toBe("dpop_required");
    // A proof for the token endpoint is none for the API, and the other way about.
    expect(await check("DPoP", await prove())).toBe("dpop_proof_malformed");
    const misused = await send(grant, await prove(request), basic("reports", secret));
    expect(misused).toMatchObject({ status: 400, body: { error: "invalid_dpop_proof" } });
  });

  test.each([
    ["for another method", { method: "GET" }],
    ["for another URL", { url: "https://evil.example/token" }],
    ["for another endpoint", { url: `${url}/revoke` }],
    ["that is old", { now: 1_799_999_939_000 }],
    ["from the future", { now: 1_800_000_016_000 }],
  ])("is refused %s", async (_what, changes) => {
    const { send, prove, refresh, login } = start();
    const { status, body } = await send(grant, await prove(changes), basic("reports", secret));
    expect(status).toBe(400);
    expect(body.error).toBe("invalid_dpop_proof");
    const { refresh_token } = await login();
    expect((await refresh(refresh_token, await prove(changes))).status).toBe(400);
    // And has used nothing up.
    expect((await refresh(refresh_token, await prove())).status).toBe(200);
  });

  test.each(["", "a.b.c", "garbage", "x".repeat(20_000)])(
    "is refused when it is %.10j",
    async (proof) => {
      const { send } = start();
      const { status, body } = await send(grant, proof, basic("reports", secret));
      expect([status, body.error]).toEqual([400, "invalid_dpop_proof"]);
    },
  );

  test("is refused when there are two", async () => {
    const { send, prove } = start();
    const two = `${await prove()}, ${await prove()}`;
    const { body } = await send(grant, two, basic("reports", secret));
    expect(body.error).toBe("invalid_dpop_proof");
  });

  test("is taken whatever host the request seems to be for: the issuer's URL counts", async () => {
    const { issuer, prove } = start();
    const headers = {
      ...basic("reports", secret),
      "content-type": "application/x-www-form-urlencoded",
      dpop: await prove(),
    };
    const body = new URLSearchParams(grant).toString();
    const request = new Request("http://10.0.0.7:8080/token", { method: "POST", body, headers });
    expect((await issuer.fetch(request)).status).toBe(200);
  });

  test("is good once, of many at once too", async () => {
    const { send, prove } = start();
    const proof = await prove();
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => send(grant, proof, basic("reports", secret))),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ body }) => body.error === "invalid_dpop_proof")).toHaveLength(9);
  });

  test("takes up no room for who is nobody", async () => {
    let reserved = 0;
    const replays: ReplayStore = { reserve: () => ++reserved > 0 };
    const { send, prove } = start({ replays });
    expect((await send(grant, await prove(), basic("reports", "wrong"))).status).toBe(401);
    expect(reserved).toBe(0);
  });

  test("that cannot be remembered is 503", async () => {
    const replays: ReplayStore = {
      reserve() {
        throw new Error("connection lost");
      },
    };
    const { send, prove } = start({ replays });
    expect((await send(grant, await prove(), basic("reports", secret))).status).toBe(503);
  });

  test("is announced with its algorithms (RFC 9449 §5.1)", async () => {
    const metadata = await start().get(`${url}/.well-known/oauth-authorization-server`);
    expect((await bodyOf(metadata)).dpop_signing_alg_values_supported).toContain("ES256");
  });
});

describe("a nonce (RFC 9449 §8)", () => {
  const nonceSecret = "0123456789abcdef0123456789abcdef";

  test("is asked for, and then the request holds", async () => {
    const { send, prove } = start({ nonceSecret });
    const asked = await send(grant, await prove(), basic("reports", secret));
    expect(asked.status).toBe(400);
    expect(asked.body.error).toBe("use_dpop_nonce");
    const nonce = asked.headers.get("dpop-nonce") ?? "";
    expect(nonce).not.toBe("");
    const answer = await send(grant, await prove({ nonce }), basic("reports", secret));
    expect(answer.body.token_type).toBe("DPoP");
  });

  test("past half of its life comes with the next one, beside the tokens", async () => {
    const { send, prove, turn } = start({ nonceSecret });
    const asked = await send(grant, await prove(), basic("reports", secret));
    const nonce = asked.headers.get("dpop-nonce") ?? "";
    turn(200);
    const answer = await send(grant, await prove({ nonce }), basic("reports", secret));
    expect(answer.status).toBe(200);
    expect(answer.headers.get("dpop-nonce")).toBeTruthy();
    expect(answer.headers.get("dpop-nonce")).not.toBe(nonce);
  });

  test("does not use the refresh token up while it is being asked for", async () => {
    const { refresh, login, prove } = start({ nonceSecret });
    const { refresh_token } = await login();
    const asked = await refresh(refresh_token, await prove());
    const nonce = asked.headers.get("dpop-nonce") ?? "";
    expect((await refresh(refresh_token, await prove({ nonce }))).status).toBe(200);
  });
});

describe("a refresh token", () => {
  test("of a public client that proved a key needs a proof of that key from then on", async () => {
    const { login, refresh, prove } = start();
    const mobile = { client_id: "mobile" };
    const { refresh_token } = await login({ clientId: "mobile" });
    const first = await refresh(refresh_token, await prove(), mobile);
    expect(first.body.token_type).toBe("DPoP");
    const token = first.body.refresh_token;
    for (const proof of [undefined, await prove({ key: other })]) {
      const refused = await refresh(token, proof, mobile);
      expect([refused.status, refused.body.error]).toEqual([400, "invalid_grant"]);
    }
    const next = await refresh(token, await prove(), mobile);
    expect(next.status).toBe(200);
    expect(decodeJwt(next.body.access_token).cnf).toEqual({ jkt });
  });

  test("of a first-party login is bound by the login", async () => {
    const { issuer, refresh, prove } = start();
    const login = await issuer.issue({ subject: "ada", refreshable: true, dpopKey: jkt });
    expect(login.token_type).toBe("DPoP");
    expect(decodeJwt(login.access_token).cnf).toEqual({ jkt });
    const token = login.refresh_token ?? "";
    expect((await refresh(token)).body.error).toBe("invalid_grant");
    await expect(issuer.refresh(token)).rejects.toMatchObject({ error: "invalid_grant" });
    expect((await refresh(token, await prove())).status).toBe(200);
  });

  test("of a confidential client is bound to the client, and the access token to the day's key", async () => {
    const { login, send, prove } = start();
    const { refresh_token } = await login({ clientId: "reports" });
    const refreshing = { grant_type: "refresh_token" };
    const headers = basic("reports", secret);
    const first = await send({ ...refreshing, refresh_token }, await prove(), headers);
    expect(decodeJwt(first.body.access_token).cnf).toEqual({ jkt });
    const proof = await prove({ key: other });
    const next = { ...refreshing, refresh_token: first.body.refresh_token };
    const second = await send(next, proof, headers);
    expect(decodeJwt(second.body.access_token).cnf).toEqual({ jkt: await thumbprintOf(other) });
  });

  test("retried with the same key gets the same answer, and with another none", async () => {
    const { login, send, prove } = start();
    const { refresh_token } = await login({ clientId: "reports" });
    const form = { grant_type: "refresh_token", refresh_token };
    const headers = basic("reports", secret);
    const first = await send(form, await prove(), headers);
    expect((await send(form, await prove(), headers)).body).toEqual(first.body);
    for (const proof of [undefined, await prove({ key: other })]) {
      const refused = await send(form, proof, headers);
      expect([refused.status, refused.body.error]).toEqual([400, "invalid_grant"]);
    }
  });
});

test("a thumbprint that is none is the program's mistake", async () => {
  const { issuer } = start();
  for (const dpopKey of ["", "planted", `${jkt}=`, "x".repeat(44)]) {
    const issuing = issuer.issue({ subject: "ada", dpopKey });
    await expect(issuing).rejects.toThrow(/thumbprint/);
  }
});
