import { type DpopKeyPair, toSecret } from "@countersign/core/wire";
import { all } from "../credential/all.ts";
import { apiKey } from "../credential/api-key.ts";
import { basic } from "../credential/basic.ts";
import { bearer } from "../credential/bearer.ts";
import type { Credential } from "../credential/credential.ts";
import { digest } from "../credential/digest.ts";
import { dpop } from "../credential/dpop.ts";
import { oauth1 } from "../credential/oauth1.ts";
import { signedJwt } from "../credential/signed-jwt.ts";
import type { Received, Step } from "./stage.ts";
import type { Ability } from "./transport-case.ts";

/** A kind of credential. Every secret in it has the word `marked`. */
export interface Kind {
  readonly name: string;
  readonly needs?: readonly Ability[];
  create(): Promise<Credential> | Credential;
  /** What a server has to answer first, where the credential needs to hear it. */
  readonly challenge?: Step;
}

const key = "marked-key-5d1f";
const consumer = { consumerKey: "consumer", consumerSecret: "marked-consumer-secret" };
const es256 = { name: "ECDSA", namedCurve: "P-256" };

async function makeKeys(): Promise<DpopKeyPair> {
  return (await crypto.subtle.generateKey(es256, false, ["sign"])) as DpopKeyPair;
}

/** The bound token of a source that has one alone. */
async function bound(): Promise<Credential> {
  const token = {
    type: "dpop" as const,
    value: toSecret("marked-bound-token"),
    expiresAt: undefined,
    key: await makeKeys(),
  };
  return dpop({ token: () => token, invalidate() {} });
}

async function selfSigned(): Promise<Credential> {
  const { privateKey } = await makeKeys();
  return signedJwt({
    issuer: "marked-issuer",
    audience: "https://api.example.com",
    key: privateKey,
  });
}

export const kinds: readonly Kind[] = [
  { name: "basic", create: () => basic({ username: "ada", password: "marked-password" }) },
  { name: "a key in a header", create: () => apiKey({ key, header: "X-Tenant-Key" }) },
  { name: "a key in the query", create: () => apiKey({ key, query: "tenant_key" }) },
  {
    name: "a key in a cookie",
    needs: ["cookies"],
    create: () => apiKey({ key, cookie: "tenant" }),
  },
  { name: "a fixed token", create: () => bearer("marked-token") },
  { name: "a bound token", create: bound },
  { name: "a self-signed token", create: selfSigned },
  {
    name: "digest",
    create: () => digest({ username: "ada", password: "marked-password" }),
    challenge: {
      status: 401,
      headers: [["www-authenticate", 'Digest realm="a", nonce="b", qop="auth", algorithm=SHA-256']],
    },
  },
  { name: "OAuth 1.0a", create: () => oauth1(consumer) },
  { name: "OAuth 1.0a in the query", create: () => oauth1({ ...consumer, place: "query" }) },
  {
    name: "a key and a token",
    create: () => all(apiKey({ key, query: "tenant_key" }), bearer("marked-token")),
  },
];

/** Whether anything of a credential is in a request. */
export function carriesCredential({ headers, path }: Received): boolean {
  const named = /^(authorization|dpop|x-tenant-key)$/;
  return (
    /marked|oauth_/.test(path) ||
    headers.some(([name, value]) => named.test(name) || value.includes("marked"))
  );
}
