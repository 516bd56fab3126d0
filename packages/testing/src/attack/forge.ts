import {
  constants,
  createHmac,
  type KeyObject,
  type SignKeyObjectInput,
  sign as signBytes,
} from "node:crypto";
import { bearer, get } from "../adapter-contract/case.ts";
import type { RawRequest } from "../adapter-contract/exchange.ts";
import { type AttackContext, type KeyName, NotRun, type SigningKey } from "./context.ts";
import { keys } from "./keys.ts";

/** Signs the signing input of a token, with the key that its header names or another. */
export type Signer = (input: string, key: SigningKey) => Uint8Array;
type Part = object | string | Uint8Array;

/** A token byte for byte: what is not said is as in a good one. */
export interface Forgery {
  /** Whose `alg` and `kid` the header has, and what signs unless {@link signer} says otherwise. */
  readonly key?: KeyName;
  /** Changed members, `undefined` takes one away; or the whole header, as it stands. */
  readonly header?: Part | ((key: SigningKey) => Part);
  readonly claims?: Part;
  readonly signer?: Signer;
}

/** A forgery, or what makes one of what is known of the endpoint. */
export type Forging = Forgery | ((context: AttackContext) => Forgery);

/** As is right for the key. */
export const rightly: Signer = (input, key) => byAlgorithm(key.alg)(input, key);
export const es256 = (key: KeyObject): Signer =>
  signer("sha256", () => ({ key, dsaEncoding: "ieee-p1363" }));
export const rs256 = (hash = "sha256"): Signer =>
  signer(hash, (key) => ({ key, padding: constants.RSA_PKCS1_PADDING }));
export const pss = (hash = "sha256", saltLength = 32): Signer =>
  signer(hash, (key) => ({ key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength }));
export const ecdsa = (hash = "sha256"): Signer =>
  signer(hash, (key) => ({ key, dsaEncoding: "ieee-p1363" }));
const ed25519: Signer = (input, { privateKey }) => signBytes(null, Buffer.from(input), privateKey);
export const hmac =
  (secret: string | Uint8Array | KeyObject, hash = "sha256"): Signer =>
  (input) =>
    createHmac(hash, secret).update(input).digest();
/** A signature that does not depend on what is signed. */
export const fixed =
  (signature: Uint8Array): Signer =>
  () =>
    signature;

export function encode(part: string | Uint8Array | object): string {
  const isText = typeof part === "string" || part instanceof Uint8Array;
  return Buffer.from(isText ? (part as string) : JSON.stringify(part)).toString("base64url");
}

/** The time in seconds, as claims have it. */
export const secondsOf = ({ issuer }: AttackContext) => Math.floor(issuer.clock.now() / 1000);

/** The claims of a good token. */
export function goodClaims(context: AttackContext): Record<string, unknown> {
  const { issuer, good } = context;
  const now = secondsOf(context);
  return {
    ...{ iss: issuer.url, aud: issuer.audience, sub: "test-user", client_id: "test-client" },
    ...{ iat: now, exp: now + 300, jti: crypto.randomUUID() },
    ...good?.claims,
  };
}

export function forge(context: AttackContext, forging: Forging = {}): string {
  const forgery = typeof forging === "function" ? forging(context) : forging;
  const { key: name = "usual", claims = {}, signer: sign = rightly } = forgery;
  const key = context.key(name);
  const header = typeof forgery.header === "function" ? forgery.header(key) : forgery.header;
  const usual = { alg: key.alg, kid: key.kid, typ: "at+jwt", ...context.good?.header };
  const said = merged(goodClaims(context), claims);
  const input = `${encode(merged(usual, header ?? {}))}.${encode(said)}`;
  return `${input}.${encode(sign(input, key))}`;
}

/** A request that carries a forged token. */
export const forged =
  (forging: Forging, path = "/tokens") =>
  (context: AttackContext): RawRequest =>
    get(path, bearer(forge(context, forging)));

/** A good token under the name of a key that is none; where keys have no names, nothing is wrong with it. */
export const misnamed =
  (kid: string, header: object = {}) =>
  (context: AttackContext): RawRequest => {
    if (context.key("usual").kid === undefined) throw new NotRun("the issuer's key has no kid");
    return forged({ header: { ...header, kid } })(context);
  };

/** A request with a good token, of which the text is changed. */
export const rewritten =
  (change: (token: string) => string, path = "/tokens") =>
  (context: AttackContext): RawRequest =>
    get(path, bearer(change(forge(context))));

/** The JSON of a good token's claims with more text before its end. */
export const withText =
  (text: string, path = "/tokens") =>
  (context: AttackContext): RawRequest => {
    const claims = JSON.stringify(goodClaims(context)).replace(/\}$/, `${text}}`);
    return forged({ claims }, path)(context);
  };

function merged(usual: object, given: Part) {
  const isWhole = typeof given === "string" || given instanceof Uint8Array || Array.isArray(given);
  return isWhole ? given : { ...usual, ...given };
}

function signer(hash: string, toInput: (key: KeyObject) => SignKeyObjectInput): Signer {
  return (input, { privateKey }) => signBytes(hash, Buffer.from(input), toInput(privateKey));
}

function byAlgorithm(alg: string): Signer {
  const hash = `sha${alg.slice(2)}`;
  if (alg === "EdDSA" || alg === "Ed25519") return ed25519;
  if (alg.startsWith("HS")) return (input, key) => hmac(key.privateKey, hash)(input, key);
  if (alg.startsWith("ES")) return ecdsa(hash);
  return alg.startsWith("PS") ? pss(hash, Number(alg.slice(2)) / 8) : rs256(hash);
}

/** What is no key of the issuer's: a stranger's signature. */
export const byStranger: Signer = es256(keys.attacker.privateKey);
