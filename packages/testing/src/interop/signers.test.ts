import { generateKeyPairSync, type KeyObject, randomBytes } from "node:crypto";
import { createGuard, type IssuerOptions, jwt } from "@countersign/core";
import { createSigner } from "fast-jwt";
import { exportJWK, type JWK } from "jose";
import jsonwebtoken from "jsonwebtoken";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Listening } from "../issuer/listen.ts";
import { peers, startPeer } from "./peers.ts";
import { withOneChange } from "./tamper.ts";

const audience = "https://api.example.com";
const claims = { aud: audience, sub: "ada", scope: "orders:read" };
const secret = randomBytes(64).toString("base64url");
const pairs: Readonly<Record<string, { privateKey: KeyObject; publicKey: KeyObject }>> = {
  RS: generateKeyPairSync("rsa", { modulusLength: 2048 }),
  ES: generateKeyPairSync("ec", { namedCurve: "P-256" }),
  Ed: generateKeyPairSync("ed25519"),
};

/** Each signs the claims, for an issuer, with an algorithm. */
const signers: Readonly<Record<string, (alg: string, issuer: string) => string>> = {
  jsonwebtoken: (alg, issuer) =>
    jsonwebtoken.sign({ ...claims, iss: issuer }, keyFor(alg), {
      algorithm: alg as jsonwebtoken.Algorithm,
      expiresIn: "5m",
    }),
  "fast-jwt": (alg, issuer) =>
    createSigner({
      algorithm: alg as "ES256",
      key: keyFor(alg) as string,
      expiresIn: 300_000,
    })({ ...claims, iss: issuer }),
};

const algorithms = ["HS256", "HS512", "RS256", "PS256", "ES256", "EdDSA"];
const issuerOf = (alg: string) => `https://${alg.toLowerCase()}.example.com`;

/** As PEM, which both take. */
function keyFor(alg: string): string {
  if (alg.startsWith("HS")) return secret;
  const pair = pairs[alg.slice(0, 2)] ?? pairs.RS;
  return pair?.privateKey.export({ format: "pem", type: "pkcs8" }).toString() ?? "";
}

/** A trusted issuer for each algorithm. */
async function issuers(): Promise<IssuerOptions[]> {
  const jwkOf = async (alg: string): Promise<JWK> =>
    exportJWK((pairs[alg.slice(0, 2)] ?? pairs.RS)?.publicKey as KeyObject);
  return Promise.all(
    algorithms.map(async (alg): Promise<IssuerOptions> => {
      const trust = { issuer: issuerOf(alg), audience, algorithms: [alg] as never };
      return alg.startsWith("HS")
        ? { ...trust, secret }
        : { ...trust, publicKey: await jwkOf(alg) };
    }),
  );
}

// jsonwebtoken knows no EdDSA.
const able = Object.keys(signers).flatMap((signer) =>
  algorithms
    .filter((alg) => signer !== "jsonwebtoken" || alg !== "EdDSA")
    .map((alg) => [signer, alg] as const),
);

describe.each(Object.entries(peers))("tokens by other libraries, to %s", (name, start) => {
  let peer: Listening;
  beforeAll(async () => {
    const trusted = await issuers();
    peer = await startPeer(start, (publicUrl) =>
      createGuard({ publicUrl, schemes: [jwt({ issuers: trusted })] }),
    );
  });
  afterAll(() => peer.close());

  const send = (token: string) =>
    fetch(peer.url, { headers: { authorization: `Bearer ${token}` } });
  const statusOf = async (token: string) => {
    const response = await send(token);
    await response.arrayBuffer();
    return response.status;
  };

  it.each(able)("%s, %s: accepted", async (signer, alg) => {
    const response = await send(signers[signer]?.(alg, issuerOf(alg)) ?? "");
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ subject: "ada" });
  });

  // The framework does not change what holds, so one of them tries every place.
  const step = name === "express" ? 1 : 19;
  it.each(able)(
    "%s, %s: refused with one byte changed, wherever it stands",
    async (signer, alg) => {
      const token = signers[signer]?.(alg, issuerOf(alg)) ?? "";
      const changed = [...withOneChange(token)].filter((_, at) => at % step === 0);
      expect(changed.length).toBe(Math.ceil(token.length / step));
      const accepted: string[] = [];
      while (changed.length > 0) {
        const batch = changed.splice(0, 50);
        const statuses = await Promise.all(batch.map(statusOf));
        accepted.push(...batch.filter((_, at) => statuses[at] !== 401));
      }
      expect(accepted).toEqual([]);
      expect(await statusOf(token)).toBe(200);
    },
  );

  it.each(Object.entries(signers))("%s: refused with another issuer's key", async (_name, sign) => {
    expect(await statusOf(sign("RS256", issuerOf("ES256")))).toBe(401);
    expect(await statusOf(sign("HS256", issuerOf("RS256")))).toBe(401);
    expect(await statusOf(sign("RS256", issuerOf("PS256")))).toBe(401);
  });
});
