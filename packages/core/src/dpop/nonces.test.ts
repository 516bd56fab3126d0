import { describe, expect, test } from "vitest";
import { scope } from "../requirement/scope.ts";
import { now } from "../token/signing.fixture.ts";
import { decodeBase64Url, encodeBase64Url } from "../wire/base64url.ts";
import { toSecret } from "../wire/secret.ts";
import { createNonces } from "./nonces.ts";
import {
  boundToken,
  guardOf,
  makeProof,
  outcomeOf,
  refusedProof,
  requestOf,
} from "./proof.fixture.ts";

const nonceSecret = "0123456789abcdef0123456789abcdef";
const start = now * 1000;
const second = 1000;

describe("createNonces", () => {
  const nonces = createNonces(nonceSecret);

  test("knows its own, for five minutes, and says when they are half over", async () => {
    const nonce = await nonces.issue(start);
    expect(nonce).toMatch(/^[0-9a-z]{6}\.[\w-]{43}$/);
    const at = (seconds: number) => nonces.check(nonce, start + seconds * second);
    expect(await at(0)).toBe("good");
    expect(await at(149)).toBe("good");
    expect(await at(150)).toBe("ageing");
    expect(await at(299)).toBe("ageing");
    expect(await at(300)).toBeUndefined();
    expect(await at(86_400)).toBeUndefined();
    expect(await at(-30)).toBe("good");
    expect(await at(-31)).toBeUndefined();
  });

  test.each([
    ["a string", nonceSecret],
    ["bytes", new TextEncoder().encode(nonceSecret)],
    ["a Secret", toSecret(nonceSecret)],
  ])("is known to whoever has the secret, as %s", async (_name, same) => {
    expect(await createNonces(same).check(await nonces.issue(start), start)).toBe("good");
  });

  test("is known to nobody else", async () => {
    const other = createNonces("another secret of 32 bytes......");
    expect(await other.check(await nonces.issue(start), start)).toBeUndefined();
  });

  test("takes no change of a bit, no other spelling, and no rubbish", async () => {
    const nonce = await nonces.issue(start);
    const [stamp = "", mac = ""] = nonce.split(".");
    const bytes = decodeBase64Url(mac) ?? new Uint8Array();
    for (let at = 0; at < bytes.length; at++) {
      const changed = bytes.slice();
      changed[at] = (changed[at] ?? 0) ^ 1;
      const other = `${stamp}.${encodeBase64Url(changed)}`;
      expect(await nonces.check(other, start)).toBeUndefined();
    }
    const later = (Number.parseInt(stamp, 36) + 1).toString(36);
    const spellings = [
      `${stamp.toUpperCase()}.${mac}`,
      `0${nonce}`,
      `!${nonce}`,
      `${nonce}\n`,
      `${nonce}=`,
      `${nonce} `,
    ];
    const parts = [stamp, `${stamp}.`, `.${mac}`, mac, nonce.slice(0, -1), `${nonce}.${mac}`];
    const strays = `${nonce.slice(0, -1)}${nonce.endsWith("A") ? "B" : "_"}`;
    const rubbish = ["", "x", "!.!", `${later}.${mac}`, ...spellings, ...parts, strays];
    for (const each of rubbish) expect(await nonces.check(each, start)).toBeUndefined();
  });

  test("does not depend on bytes that change later", async () => {
    const bytes = new TextEncoder().encode(nonceSecret);
    const mine = createNonces(bytes);
    bytes.fill(0);
    expect(await mine.check(await nonces.issue(start), start)).toBe("good");
  });
});

describe("the flow (RFC 9449 §9)", () => {
  const time = { at: start, now: () => time.at };
  const required = refusedProof(
    "dpop_nonce_required",
    "The DPoP proof needs the nonce that comes with this answer",
    "use_dpop_nonce",
  );
  const anyNonce = expect.stringMatching(/^[0-9a-z]{6}\.[\w-]{43}$/);

  async function call(guard = guardOf({ nonceSecret }, time), nonce?: unknown) {
    const token = await boundToken();
    const iat = Math.floor(time.at / 1000);
    const proof = await makeProof(token, { claims: { nonce, iat } });
    return outcomeOf(guard, requestOf(guard, token, proof));
  }

  test("refused without one, let in with the one that came with the refusal", async () => {
    const guard = guardOf({ nonceSecret }, time);
    const first = await call(guard);
    expect(first).toEqual({ ...required, nonce: anyNonce });
    expect(await call(guard, first.nonce)).toEqual({ status: 200 });
    // One nonce serves many proofs.
    expect(await call(guard, first.nonce)).toEqual({ status: 200 });
  });

  test.each(["", "rubbish", "eyJ7S_zG.eyJH0-Z.HX4w-7v"])("bad nonce %j", async (nonce) => {
    expect(await call(undefined, nonce)).toEqual({ ...required, nonce: anyNonce });
  });

  test("a nonce of a guard with another secret, and one of a guard with the same", async () => {
    const theirs = await call(guardOf({ nonceSecret: nonceSecret.toUpperCase() }, time));
    expect(await call(undefined, theirs.nonce)).toEqual({ ...required, nonce: anyNonce });
    const ours = await call(guardOf({ nonceSecret }, time));
    expect(await call(undefined, ours.nonce)).toEqual({ status: 200 });
  });

  test("the next nonce rides along when the presented one is half over", async () => {
    const guard = guardOf({ nonceSecret }, time);
    const { nonce } = await call(guard);
    time.at = start + 149 * second;
    expect(await call(guard, nonce)).toEqual({ status: 200 });
    time.at = start + 150 * second;
    const answer = await call(guard, nonce);
    expect(answer).toEqual({ status: 200, nonce: anyNonce });
    expect(answer.nonce).not.toBe(nonce);
    time.at = start + 300 * second;
    expect(await call(guard, nonce)).toEqual({ ...required, nonce: anyNonce });
    expect(await call(guard, answer.nonce)).toMatchObject({ status: 200 });
    time.at = start;
  });

  test("and with a 403 too", async () => {
    const guard = guardOf({ nonceSecret }, time);
    const { nonce } = await call(guard);
    time.at = start + 200 * second;
    const token = await boundToken();
    const proof = await makeProof(token, { claims: { nonce, iat: now + 200 } });
    const outcome = await outcomeOf(guard, requestOf(guard, token, proof), scope("orders:write"));
    expect(outcome).toMatchObject({ status: 403, nonce: anyNonce });
    time.at = start;
  });

  test("a proof for another request gets no nonce for it", async () => {
    const guard = guardOf({ nonceSecret }, time);
    const token = await boundToken();
    const proof = await makeProof(token, { claims: { htm: "POST" } });
    const outcome = await outcomeOf(guard, requestOf(guard, token, proof));
    expect(outcome.reason).toBe("dpop_method_mismatch");
    expect(outcome.nonce).toBeUndefined();
  });

  test("replays are refused with a good nonce too", async () => {
    const guard = guardOf({ nonceSecret }, time);
    const { nonce } = await call(guard);
    const token = await boundToken();
    const proof = await makeProof(token, { claims: { nonce } });
    expect(await outcomeOf(guard, requestOf(guard, token, proof))).toEqual({ status: 200 });
    const again = await outcomeOf(guard, requestOf(guard, token, proof));
    expect(again).toMatchObject({ reason: "dpop_proof_replayed" });
  });
});
