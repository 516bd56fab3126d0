import { decodeProtectedHeader, EmbeddedJWK, jwtVerify } from "jose";
import { describe, expect, test } from "vitest";
import { ConfigurationError } from "./configuration-error.ts";
import { createDpopProof, type DpopKeyPair } from "./dpop-proof.ts";

const url = "https://api.test/orders?page=2#top";
const now = 1_700_000_000_123;

function makePair(params: object, extractable = false) {
  const named = params as { name: string };
  const pair = crypto.subtle.generateKey(named, extractable, ["sign", "verify"]);
  return pair as unknown as Promise<DpopKeyPair>;
}

describe("createDpopProof", () => {
  test.each([
    [{ name: "ECDSA", namedCurve: "P-256" }, "ES256"],
    [{ name: "ECDSA", namedCurve: "P-384" }, "ES384"],
    [{ name: "ECDSA", namedCurve: "P-521" }, "ES512"],
    [{ name: "Ed25519" }, "Ed25519"],
  ])("signs with a key of %o as %s", async (params, alg) => {
    const key = await makePair(params);
    const proof = await createDpopProof({ key, method: "POST", url, now });
    const options = { typ: "dpop+jwt", algorithms: [alg], currentDate: new Date(now) };
    const { payload } = await jwtVerify(proof, EmbeddedJWK, options);
    expect(payload).toEqual({
      jti: expect.stringMatching(/^[0-9a-f-]{36}$/),
      htm: "POST",
      htu: "https://api.test/orders",
      iat: 1_700_000_000,
    });
  });

  test("says of its key what is public, and no more", async () => {
    const key = await makePair({ name: "ECDSA", namedCurve: "P-256" }, true);
    const { jwk } = decodeProtectedHeader(await createDpopProof({ key, method: "GET", url }));
    expect(Object.keys(jwk ?? {}).sort()).toEqual(["crv", "kty", "x", "y"]);
  });

  test("takes up the hash of the token (RFC 9449 §7.1) and the nonce", async () => {
    const key = await makePair({ name: "Ed25519" });
    const token = "Kz~8mXK1EalYznwH-LC-1fBAo.4Ljp~zsPE_NeO.gxU";
    const proof = await createDpopProof({ key, method: "GET", url, token, nonce: "n" });
    const { payload } = await jwtVerify(proof, EmbeddedJWK);
    expect(payload).toMatchObject({
      ath: "fUHyO2r2Z3DZ53EsNrWBb0xWXoaNy59IiKCAqksmQEo",
      nonce: "n",
    });
  });

  test("is another one each time", async () => {
    const key = await makePair({ name: "Ed25519" });
    const ids = await Promise.all(
      [1, 2].map(async () => {
        const proof = await createDpopProof({ key, method: "GET", url, now });
        return (await jwtVerify(proof, EmbeddedJWK)).payload.jti;
      }),
    );
    expect(ids[0]).not.toBe(ids[1]);
  });

  test("takes no other keys, and no URL that is not absolute", async () => {
    const rsa = { name: "RSA-PSS", modulusLength: 2048, hash: "SHA-256" };
    const key = await makePair({ ...rsa, publicExponent: new Uint8Array([1, 0, 1]) });
    await expect(createDpopProof({ key, method: "GET", url })).rejects.toThrow(ConfigurationError);
    const good = await makePair({ name: "Ed25519" });
    const relative = createDpopProof({ key: good, method: "GET", url: "/orders" });
    await expect(relative).rejects.toThrow(ConfigurationError);
  });
});
