import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { type DigestInput, digestHa1, digestResponse, digestUserhash } from "./digest.ts";
import { type DigestHash, digestHash } from "./digest-hash.ts";

describe("RFC 7616 §3.9.1: Mufasa", () => {
  const user = { username: "Mufasa", realm: "http-auth@example.org", password: "Circle of Life" };
  test.each([
    ["SHA-256", "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"],
    ["MD5", "8ca523f5e9506fed4657c9700eebdbec"],
  ] as const)("%s", async (algorithm, response) => {
    const found = await digestResponse({
      algorithm,
      qop: "auth",
      ha1: await digestHa1(algorithm, user),
      method: "GET",
      uri: "/dir/index.html",
      nonce: "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v",
      nonceCount: "00000001",
      cnonce: "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ",
    });
    expect(found).toBe(response);
  });
});

test("RFC 7616 §3.9.2, as erratum 4897 corrects it: SHA-512-256 and a hashed user name", async () => {
  const user = { username: "J\u00e4s\u00f8n Doe", realm: "api@example.org" };
  const found = await digestResponse({
    algorithm: "SHA-512-256",
    qop: "auth",
    ha1: await digestHa1("SHA-512-256", { ...user, password: "Secret, or not?" }),
    method: "GET",
    uri: "/doe.json",
    nonce: "5TsQWLVdgBdmrQ0XsxbDODV+57QdFR34I9HAbC/RVvkK",
    nonceCount: "00000001",
    cnonce: "NTg6RKcb9boFIAS3KrFK9BGeh+iDa/sm6jUMp2wds69v",
  });
  expect(found).toBe("3798d4131c277846293534c3edc11bd8a5e4cdcbff78b05db9d95eeb1cec68a5");
  expect(await digestUserhash("SHA-512-256", user)).toBe(
    "793263caabb707a56211940d90411ea4a575adeccb7e360aeb624ed06ece9b0b",
  );
});

describe("RFC 7616 §3.4.1 to §3.4.3, against Node's own hashes", () => {
  const names: Record<DigestHash, string> = {
    "SHA-256": "sha256",
    "SHA-512-256": "sha512-256",
    MD5: "md5",
  };
  const input: Omit<DigestInput, "algorithm" | "qop"> = {
    ha1: "0123456789abcdef",
    method: "POST",
    uri: "/orders?a=b",
    nonce: "n",
    nonceCount: "0000000a",
    cnonce: "c",
    body: new TextEncoder().encode('{"item":"caf\u00e9"}'),
  };
  test.each(Object.entries(names) as [DigestHash, string][])("%s", async (hash, nodeName) => {
    const h = (data: string | Uint8Array) => createHash(nodeName).update(data).digest("hex");
    const session = h(`${input.ha1}:n:c`);
    const line = h("POST:/orders?a=b");
    const whole = h(`POST:/orders?a=b:${h(input.body ?? "")}`);
    const of = (algorithm: DigestInput["algorithm"], qop: DigestInput["qop"]) =>
      digestResponse({ ...input, algorithm, qop });

    expect(await of(hash, "auth")).toBe(h(`${input.ha1}:n:0000000a:c:auth:${line}`));
    expect(await of(hash, "auth-int")).toBe(h(`${input.ha1}:n:0000000a:c:auth-int:${whole}`));
    expect(await of(`${hash}-sess`, "auth")).toBe(h(`${session}:n:0000000a:c:auth:${line}`));
    expect(await of(`${hash}-sess`, "auth-int")).toBe(
      h(`${session}:n:0000000a:c:auth-int:${whole}`),
    );
    expect(await digestHash(hash, "")).toBe(h(""));
  });

  test("without a body, auth-int covers an empty one", async () => {
    const bodiless = { ...input, algorithm: "SHA-256", qop: "auth-int" } as const;
    const { body: _, ...absent } = bodiless;
    expect(await digestResponse(absent)).toBe(
      await digestResponse({ ...bodiless, body: new Uint8Array() }),
    );
    expect(await digestResponse(absent)).not.toBe(await digestResponse(bodiless));
  });

  test("a part of a larger buffer is hashed as that part", async () => {
    const part = new TextEncoder().encode("xabcx").subarray(1, 4);
    for (const hash of ["SHA-256", "SHA-512-256", "MD5"] as const) {
      expect(await digestHash(hash, part)).toBe(await digestHash(hash, "abc"));
    }
  });
});
