import {
  createPrivateKey,
  createPublicKey,
  createSecretKey,
  type JsonWebKey,
  type KeyObject,
} from "node:crypto";
import { ConfigurationError, parseChallenges } from "@countersign/core/wire";
import type { AttackIssuer } from "./attack-issuer.ts";
import type { Callers } from "./callers.ts";
import { type AttackContext, type KeyName, NotRun, type SigningKey } from "./context.ts";
import { toSigningKey } from "./keys.ts";
import type { Call, Exchange } from "./send.ts";
import type { AttackTarget, Door, KnownKey } from "./target.ts";

/** The kinds of keys that issuers sign with, by their algorithms. */
const kinds: Readonly<Record<string, Exclude<KeyName, "usual">>> = {
  ES256: "es",
  RS256: "rsa",
  PS256: "ps",
  EdDSA: "ed",
};

/** What is known of a target, as cases ask for it. */
export function toContext(
  target: AttackTarget,
  trapsUrl: string,
  exchange: Exchange,
): AttackContext {
  const { issuer, claims, header } = target;
  const { url = "", audience = "" } = issuer ?? {};
  const urlOf = (path: string) => toUrl(target, path);
  const secret = issuer && "key" in issuer ? secretIn(issuer) : undefined;
  return {
    issuer: { url, audience, clock: { now: () => Date.now() } },
    outside: { url: trapsUrl },
    good: { ...(claims && { claims }), ...(header && { header }) },
    hmac: { issuer: url, ...(secret && { secret }) },
    key: toKeys(target),
    caller: (scheme) => callerOf(target, scheme),
    urlOf,
    async refusalAt(path, headers = {}) {
      const call: Call = { method: "GET", url: urlOf(path), headers: Object.entries(headers) };
      const { headers: answered } = await exchange(call);
      const challenges = parseChallenges(answered["www-authenticate"] ?? "") ?? [];
      return { challenges, headers: Object.entries(answered) };
    },
  };
}

/** @throws NotRun when the target has no such door */
function toUrl(target: AttackTarget, path: string): string {
  const [name = "", query] = path.slice(1).split(/\?(.*)/s);
  const url = toDoor(target, name);
  return query === undefined ? url : `${url}${url.includes("?") ? "&" : "?"}${query}`;
}

function toDoor(target: AttackTarget, name: string): string {
  const { url, doors } = target;
  if (isScheme(name)) return callerOf(target, name).url ?? url;
  if (target.issuer === undefined) throw new NotRun("no issuer of tokens was given");
  const door = name === "tokens" ? url : doors?.[name as Door];
  if (door === undefined) throw new NotRun(`no URL was given for "${name}"`);
  return door;
}

const schemes: Readonly<Record<keyof Callers, true>> = {
  ...{ basic: true, digest: true, apiKey: true, oauth1: true },
};
const isScheme = (name: string): name is keyof Callers => Object.hasOwn(schemes, name);

function callerOf<N extends keyof Callers>({ callers }: AttackTarget, scheme: N) {
  const caller = callers?.[scheme];
  if (caller === undefined) throw new NotRun(`no caller was given for "${scheme}"`);
  return caller;
}

function toKeys({ issuer, algorithms }: AttackTarget): AttackContext["key"] {
  if (issuer === undefined) {
    return () => {
      throw new NotRun("no issuer of tokens was given");
    };
  }
  return "key" in issuer ? keyring(issuer) : issuerKeys(issuer, algorithms);
}

function issuerKeys(
  { hasOddKeys }: AttackIssuer,
  algorithms: readonly string[] = Object.keys(kinds),
): AttackContext["key"] {
  const usual = kinds[algorithms[0] ?? ""];
  if (usual === undefined) {
    throw new ConfigurationError(
      `algorithms: the first must be one of ${Object.keys(kinds).join(", ")}.`,
    );
  }
  const good = new Set<KeyName>(Object.values(kinds));
  return (name) => {
    if (name === "usual") return toSigningKey(usual);
    if (name === "tenantB") throw new NotRun("no second issuer is trusted");
    if (!good.has(name) && !hasOddKeys) throw new NotRun("the issuer publishes no odd keys");
    const key = toSigningKey(name);
    if (name !== "oct" && !algorithms.includes(key.alg)) {
      throw new NotRun(`${key.alg} is not taken here`);
    }
    return key;
  };
}

function keyring(known: KnownKey): AttackContext["key"] {
  const usual = toUsual(known);
  return (name) => {
    if (name === "usual" || kinds[usual.alg] === name) return usual;
    throw new NotRun("needs another key of the issuer than the one that is known");
  };
}

function toUsual(known: KnownKey): SigningKey {
  const secret = secretIn(known);
  const named = typeof known.key === "object" && "kty" in known.key ? known.key : {};
  const kid = known.kid ?? named.kid;
  if (secret !== undefined) {
    return { kid, alg: known.alg ?? named.alg ?? "HS256", privateKey: createSecretKey(secret) };
  }
  const privateKey = readPrivateKey(known.key);
  const alg = known.alg ?? named.alg ?? algorithmOf(privateKey);
  return { kid, alg, privateKey, publicKey: createPublicKey(privateKey) };
}

function secretIn({ key, alg }: KnownKey): Uint8Array | undefined {
  if (key instanceof Uint8Array) return key;
  if (typeof key === "object") {
    return key.kty === "oct" ? Buffer.from(key.k ?? "", "base64url") : undefined;
  }
  return alg?.startsWith("HS") ? Buffer.from(key) : undefined;
}

/** @throws ConfigurationError */
function readPrivateKey(key: KnownKey["key"]): KeyObject {
  try {
    return typeof key === "string"
      ? createPrivateKey(key)
      : createPrivateKey({ key: key as JsonWebKey, format: "jwk" });
  } catch {
    // Without the cause: it might quote the key.
    throw new ConfigurationError(
      "key: this is no private key. Give one as JWK or PEM, or a secret with alg HS256.",
    );
  }
}

/** @throws ConfigurationError */
function algorithmOf({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject): string {
  if (asymmetricKeyType === "rsa") return "RS256";
  if (asymmetricKeyType === "ed25519") return "EdDSA";
  const curves: Readonly<Record<string, string>> = {
    prime256v1: "ES256",
    secp384r1: "ES384",
    secp521r1: "ES512",
  };
  const alg = curves[asymmetricKeyDetails?.namedCurve ?? ""];
  if (alg !== undefined) return alg;
  throw new ConfigurationError(`key: nothing is signed with a key of type ${asymmetricKeyType}.`);
}
