import type { DpopKeyPair } from "@countersign/core/wire";
import { describe, expect, test } from "vitest";
import { standingClock } from "../../../fixtures/clock.ts";
import { fakeIssuer, tokens } from "../../../fixtures/fake-issuer.ts";
import { makeStorage } from "../../../fixtures/make-storage.ts";
import { dpopKeys } from "../issuer/dpop-keys.ts";
import { refreshToken } from "./refresh-token.ts";

const clientId = "app";

describe("a login that is bound to a key", () => {
  const bound = { token_type: "DPoP" };
  const jwkOf = ({ headers }: { headers: Headers }) =>
    JSON.parse(atob(headers.get("dpop")?.split(".")[0] ?? "")).jwk;

  test("keeps the key in its record, and goes on with it in another process", async () => {
    const { issuer, fetch, forms } = fakeIssuer((_, nth) => tokens(`access-${nth}`, bound));
    const { storage, record } = makeStorage();
    const clock = standingClock();
    const options = { issuer, clientId, fetch, clock, storage, dpop: dpopKeys() };
    const { key } = await refreshToken({ ...options, refreshToken: "refresh-0" }).token();
    expect(key.privateKey.extractable).toBe(true);
    expect(JSON.parse((await record()).dpop_key)).toMatchObject({
      kty: "EC",
      d: expect.any(String),
    });
    clock.advance(3600);
    const token = await refreshToken({ ...options, dpop: dpopKeys() }).token();
    expect(token).toMatchObject({ type: "dpop", key: { publicKey: expect.anything() } });
    expect(forms.map(jwkOf)).toEqual([jwkOf(forms[0] as never), jwkOf(forms[0] as never)]);
  });

  test("leaves a key of one's own out of the record", async () => {
    const { issuer, fetch, forms } = fakeIssuer((_, nth) => tokens(`access-${nth}`, bound));
    const { storage, record } = makeStorage();
    const clock = standingClock();
    const keyPair = (await crypto.subtle.generateKey("Ed25519", false, ["sign"])) as DpopKeyPair;
    const dpop = dpopKeys({ keyPair });
    const options = { issuer, clientId, fetch, clock, storage, dpop };
    await refreshToken({ ...options, refreshToken: "refresh-0" }).token();
    expect(await record()).not.toHaveProperty("dpop_key");
    clock.advance(3600);
    expect((await refreshToken(options).token()).key).toBe(keyPair);
    expect(forms.map(jwkOf)[1]).toMatchObject({ kty: "OKP" });
  });

  test("refuses a bearer token: the server does not know DPoP", async () => {
    const { issuer, fetch } = fakeIssuer(() => tokens("marked-secret"));
    const source = refreshToken({ issuer, clientId, fetch, refreshToken: "a", dpop: dpopKeys() });
    await expect(source.token()).rejects.toMatchObject({ code: "token_request_failed" });
  });

  test("is another matter than one that is not: the record of either is refused to the other", async () => {
    const { issuer, fetch } = fakeIssuer(({ headers }) =>
      tokens("access", headers.has("dpop") ? bound : {}),
    );
    const options = { issuer, clientId, fetch, refreshToken: "refresh-0" };
    const [bearers, bounds] = [makeStorage(), makeStorage()];
    await refreshToken({ ...options, ...bearers }).token();
    await refreshToken({ ...options, ...bounds, dpop: dpopKeys() }).token();
    const sources = [
      refreshToken({ ...options, ...bearers, dpop: dpopKeys() }),
      refreshToken({ ...options, ...bounds }),
    ];
    for (const source of sources) {
      await expect(source.token()).rejects.toMatchObject({ code: "token_store_failed" });
    }
  });

  test("whose key is damaged is no record", async () => {
    const { issuer, fetch, forms } = fakeIssuer(() => tokens("access", bound));
    const { storage, record } = makeStorage();
    const options = { issuer, clientId, fetch, storage };
    await refreshToken({ ...options, refreshToken: "refresh-0", dpop: dpopKeys() }).token();
    for (const dpop_key of ["{", "{}", '{"kty":"EC","crv":"P-256","x":"a","y":"b","d":"c"}']) {
      await storage.store.write(storage.key, JSON.stringify({ ...(await record()), dpop_key }));
      const source = refreshToken({ ...options, dpop: dpopKeys() });
      await expect(source.token()).rejects.toMatchObject({ code: "token_store_failed" });
    }
    expect(forms).toHaveLength(1);
  });
});
