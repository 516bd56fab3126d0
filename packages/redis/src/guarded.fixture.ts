/** A service whose guards keep their state in Redis, and requests that each need some of it. */
import { createHmac, randomUUID } from "node:crypto";
import {
  apiKey,
  basic,
  createGuard,
  dpop,
  guessLimits,
  jwt,
  type Scheme,
  type Throttle,
} from "@countersign/core";
import { protect } from "@countersign/core/web";
import { createDpopProof, jwkThumbprint, sha256 } from "@countersign/core/wire";
import type { RedisState } from "./redis-state.ts";

const issuer = "https://id.example.com";
const audience = "https://api.example.com";
const url = `${audience}/orders`;
const secret = "planted: the secret of all tokens, 32 bytes and more";
const key = "planted0123456789abcdef0123456789abcdef";
const password = "planted correct horse";

const dpopKey = await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, true, [
  "sign",
  "verify",
]);
const { kty, crv, x, y } = await crypto.subtle.exportKey("jwk", dpopKey.publicKey);
const jkt = await jwkThumbprint({ kty, crv, x, y } as Parameters<typeof jwkThumbprint>[0]);

/** What nobody may find in Redis. */
export const planted = [secret, key, password];

/** The record of the key that {@link createService} sends. */
export const apiKeyRecord = { id: "k1", hash: await sha256(key), subject: "billing" };

/** @param throttle what limits guesses; by default one of Redis's own */
export function createService(
  redis: RedisState,
  throttle: Throttle = redis.throttle({ name: "logins", points: 5, duration: 60 }),
) {
  const tokens = { issuer, audience, secret };
  const connection = () => ({ address: "203.0.113.7", secure: true });
  const guarded = (scheme: Scheme) =>
    protect(
      createGuard({
        realm: "orders",
        publicUrl: audience,
        schemes: [scheme],
        throttle: guessLimits({ bySubject: throttle }),
      }),
      () => new Response("in"),
      undefined,
      { connection },
    );
  const users = { find: () => ({ subject: "ada", passwordHash: password }) };
  const passwords = { verify: (hash: string | undefined, given: string) => hash === given };

  const plain = guarded(jwt(tokens));
  const revocable = guarded(jwt({ ...tokens, revocations: redis.revocations }));
  const bound = guarded(jwt({ ...tokens, dpop: dpop({ replays: redis.replays }) }));
  const keyed = guarded(apiKey({ keys: redis.apiKeys }));
  const guessed = guarded(basic({ users, passwords }));
  const rightPassword = () => ask(guessed, { authorization: `Basic ${btoa(`ada:${password}`)}` });
  const ask = (fetch: typeof plain, headers: Record<string, string>) =>
    fetch(new Request(url, { headers }));

  return {
    /** Needs nothing of Redis. */
    plain: () => ask(plain, { authorization: `Bearer ${sign({})}` }),
    /** Each needs something of it. */
    needing: {
      "a token that may be revoked": () => ask(revocable, { authorization: `Bearer ${sign({})}` }),
      "a DPoP proof": async () => {
        const token = sign({ cnf: { jkt } });
        const proof = await createDpopProof({ key: dpopKey, method: "GET", url, token });
        return ask(bound, { authorization: `DPoP ${token}`, dpop: proof });
      },
      "an API key": () => ask(keyed, { "x-api-key": key }),
      "a password that may be guessed": rightPassword,
    },
    rightPassword,
    wrongPassword: () => ask(guessed, { authorization: `Basic ${btoa("ada:wrong")}` }),
  };
}

function sign(claims: object): string {
  const now = Math.floor(Date.now() / 1000);
  const common = { iss: issuer, aud: audience, sub: "ada", iat: now, exp: now + 300 };
  const input = [{ alg: "HS256" }, { ...common, jti: randomUUID(), ...claims }]
    .map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"))
    .join(".");
  return `${input}.${createHmac("sha256", secret).update(input).digest("base64url")}`;
}
