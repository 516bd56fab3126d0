import { ConfigurationError } from "@countersign/core/wire";
import { calculateJwkThumbprint, decodeProtectedHeader, type JWK } from "jose";
import { describe, expect, test } from "vitest";
import { startIssuer } from "../fixture.ts";
import { createKeyRing } from "./create-key-ring.ts";
import { toKeySet } from "./key-set.ts";

describe.each(["ES256", "RS256", "EdDSA"] as const)("%s", (algorithm) => {
  test("signs what its public key verifies", async () => {
    const { issuer, verify } = startIssuer({ keys: createKeyRing({ algorithm }) });
    const { access_token } = await issuer.issue({ subject: "ada" });
    const { protectedHeader } = await verify(access_token);
    expect(protectedHeader.alg).toBe(algorithm);
  });

  test("keeps its private key to itself", async () => {
    const keys = createKeyRing({ algorithm });
    const { privateKey } = await keys.current();
    expect(privateKey.extractable).toBe(false);
    const [jwk] = await keys.published();
    for (const member of ["d", "p", "q", "dp", "dq", "qi", "k"]) {
      expect(jwk).not.toHaveProperty(member);
    }
    expect(jwk).toMatchObject({ alg: algorithm, use: "sig" });
    expect(jwk?.kid).toBe(await calculateJwkThumbprint(jwk as JWK));
  });
});

test("makes its first key once, however many ask", async () => {
  const keys = createKeyRing();
  const asked = await Promise.all([
    ...Array.from({ length: 10 }, async () => (await keys.current()).kid),
    ...Array.from({ length: 10 }, async () => (await keys.published())[0]?.kid),
  ]);
  expect(new Set(asked).size).toBe(1);
  expect(await keys.published()).toHaveLength(1);
});

describe("rotation", () => {
  test("publishes a key before it signs, and the old one until its last token has expired", async () => {
    const clock = { time: 1_800_000_000_000, now: () => clock.time };
    const keys = createKeyRing({ clock, notice: 300, retention: 360 });
    const { issuer, verify } = startIssuer({ keys, clock });
    const kid = async () => (await keys.current()).kid;
    const published = async () => (await issuer.jwks()).keys.map((key) => key.kid);
    const turn = (seconds: number) => {
      clock.time += seconds * 1000;
    };
    const old = await kid();
    await keys.rotate();
    const [, fresh = ""] = await published();
    expect(await published()).toEqual([old, fresh]);
    expect(await kid()).toBe(old);

    turn(299);
    const { access_token } = await issuer.issue({ subject: "ada" });
    expect(decodeProtectedHeader(access_token).kid).toBe(old);
    turn(1);
    expect(await kid()).toBe(fresh);
    turn(298);
    await verify(access_token);
    turn(61);
    expect(await published()).toEqual([old, fresh]);
    turn(1);
    expect(await published()).toEqual([fresh]);
    expect(await kid()).toBe(fresh);
  });

  test("signs at once without notice", async () => {
    const keys = createKeyRing({ notice: 0 });
    const before = await keys.current();
    await keys.rotate();
    expect((await keys.current()).kid).not.toBe(before.kid);
    expect(await keys.published()).toHaveLength(2);
  });

  test("many times over leaves a key that is published", async () => {
    const clock = { time: 0, now: () => clock.time };
    const keys = createKeyRing({ clock, notice: 10, retention: 20 });
    await Promise.all([keys.rotate(), keys.rotate(), keys.rotate()]);
    for (let round = 0; round < 30; round++) {
      clock.time += 7_000;
      if (round % 3 === 0) await keys.rotate();
      const { kid } = await keys.current();
      expect((await keys.published()).map((key) => key.kid)).toContain(kid);
    }
    expect((await keys.published()).length).toBeLessThan(6);
  });
});

test.each([{ algorithm: "HS256" as never }, { notice: -1 }, { retention: 0.5 }])(
  "the options %j are refused",
  (options) => {
    expect(() => createKeyRing(options)).toThrow(ConfigurationError);
  },
);

test("a key set holds public members alone, whatever a ring publishes", async () => {
  const keys = createKeyRing();
  const [jwk] = await keys.published();
  const slip = { ...jwk, d: "planted", key_ops: ["sign"], kty: "EC", kid: "a", alg: "ES256" };
  const symmetric = { kty: "oct", k: "planted", kid: "b", alg: "HS256", use: "sig" as const };
  const ring = { ...keys, published: () => [{ ...slip, use: "sig" as const }, symmetric] };
  const set = await toKeySet(ring);
  expect(JSON.stringify(set)).not.toContain("planted");
  expect(set.keys).toHaveLength(1);
  expect(Object.keys(set.keys[0] ?? {}).sort()).toEqual(
    ["alg", "crv", "kid", "kty", "use", "x", "y"].sort(),
  );
});
