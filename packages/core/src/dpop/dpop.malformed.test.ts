/** Proofs that are not well-formed (RFC 9449 §4.3), each between two that are let in. */
import { describe, expect, test } from "vitest";
import { now, segment, signRaw } from "../token/signing.fixture.ts";
import {
  amongGood,
  clientKey,
  goodProof,
  guardOf,
  makeProof,
  malformed,
  outcomeOf,
  requestOf,
  token,
} from "./proof.fixture.ts";

describe("malformed proofs", () => {
  test("two DPoP fields, both good", async () => {
    expect(await amongGood([await makeProof(token), await makeProof(token)])).toEqual(malformed);
  });

  test.each([
    ["empty", ""],
    ["rubbish", "rubbish"],
    ["two segments", "e30.e30"],
    ["four segments", "e30.e30.e30.e30"],
    ["empty segments", ".."],
    ["header no JSON", `${segment("x")}.${segment({})}.AA`],
    ["claims an array", `${segment({ typ: "dpop+jwt", alg: "ES256" })}.${segment([])}.AA`],
  ])("no JWT: %s", async (_name, proof) => {
    expect(await amongGood(proof)).toEqual(malformed);
  });

  test.each(["typ", "alg", "jwk"])("without %s", async (member) => {
    expect(await amongGood(await makeProof(token, { header: { [member]: undefined } }))).toEqual(
      malformed,
    );
  });

  test.each(["jti", "htm", "htu", "iat", "ath"])("without %s", async (claim) => {
    expect(await amongGood(await makeProof(token, { claims: { [claim]: undefined } }))).toEqual(
      malformed,
    );
  });

  test.each([
    { jti: "" },
    { jti: 7 },
    { jti: null },
    { jti: ["once"] },
    { jti: "j".repeat(257) },
    { htm: ["GET"] },
    { htm: "" },
    { htu: ["https://api.example.com/orders"] },
    { htu: {} },
    { iat: String(now) },
    { iat: null },
    { iat: [now] },
    { ath: null },
    { ath: "" },
    { nonce: 7 },
    { nonce: null },
  ])("a claim of another kind: %j", async (claims) => {
    expect(await amongGood(await makeProof(token, { claims }))).toEqual(malformed);
  });

  test.each([
    "JWT",
    "at+jwt",
    "dpop",
    "dpop+jwt ",
    "DPOP+JWT",
    "application/dpop+jwt",
    1,
    null,
    ["dpop+jwt"],
  ])("typ %j", async (typ) => {
    expect(await amongGood(await makeProof(token, { header: { typ } }))).toEqual(malformed);
  });

  test.each([
    "none",
    "None",
    "NONE",
    "",
    "es256",
    "HS256",
    "RS256",
    "ES384",
    "ES256K",
    "PS256",
    null,
    ["ES256"],
  ])("alg %j", async (alg) => {
    expect(await amongGood(await makeProof(token, { header: { alg } }))).toEqual(malformed);
    const unsigned = (await makeProof(token, { header: { alg } })).replace(/[^.]*$/, "");
    expect(await amongGood(unsigned)).toEqual(malformed);
  });

  test("we, and not the caller, are told which algorithms would do", async () => {
    const guard = guardOf();
    const proof = await makeProof(token, { header: { alg: "ES384" } });
    expect(await guard.check(requestOf(guard, token, proof))).toMatchObject({
      details: { expected: "alg ES256 or PS256", found: "ES384" },
    });
  });

  test("an iat that is Infinity once it is read", async () => {
    const { header, claims } = await goodProof(token);
    const json = JSON.stringify({ ...claims, iat: "IAT" }).replace('"IAT"', "1e400");
    expect(await amongGood(await signRaw(clientKey, header, json))).toEqual(malformed);
  });

  test("a claim twice, a header member twice", async () => {
    const { header, claims } = await goodProof(token);
    const claimed = JSON.stringify(claims).replace("{", '{"htm":"POST",');
    expect(await amongGood(await signRaw(clientKey, header, claimed))).toEqual(malformed);
    const headed = JSON.stringify(header).replace("{", '{"typ":"JWT",');
    expect(await amongGood(await signRaw(clientKey, headed, claims))).toEqual(malformed);
  });

  test.each([{ crit: ["b64"] }, { crit: [] }, { crit: ["x"], x: 1 }, { b64: false }])(
    "an extension that must be understood: %j",
    async (header) => {
      expect(await amongGood(await makeProof(token, { header }))).toEqual(malformed);
    },
  );

  test("padding, white space and stray bits in base64url", async () => {
    const proof = await makeProof(token);
    for (const bad of [`${proof}=`, proof.replace(".", "=."), proof.replace(".", " .")]) {
      expect(await amongGood(bad)).toEqual(malformed);
    }
  });

  test("a jti of 256 characters is not too long", async () => {
    const guard = guardOf();
    const proof = await makeProof(token, { claims: { jti: "j".repeat(256) } });
    expect(await outcomeOf(guard, requestOf(guard, token, proof))).toEqual({ status: 200 });
  });

  test("more than 8192 characters, however good", async () => {
    const proof = await makeProof(token, { claims: { extra: "x".repeat(6500) } });
    expect(proof.length).toBeGreaterThan(8192);
    expect(await amongGood(proof)).toEqual(malformed);
    const shorter = await makeProof(token, { claims: { extra: "x".repeat(5000) } });
    const guard = guardOf();
    expect(await outcomeOf(guard, requestOf(guard, token, shorter))).toEqual({ status: 200 });
  });
});
