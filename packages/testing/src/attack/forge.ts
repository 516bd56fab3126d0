import {
  constants,
  createHmac,
  type KeyObject,
  type SignKeyObjectInput,
  sign as signBytes,
} from "node:crypto";
import { bearer, get } from "../adapter-contract/case.ts";
import type { RawRequest } from "../adapter-contract/exchange.ts";
import { keys } from "./keys.ts";
import type { AttackKit } from "./kit.ts";

/** Signs the signing input of a token. */
export type Signer = (input: string) => Uint8Array;

/** A token byte for byte: what is not said is as in a good one, signed with ES256. */
export interface Forgery {
  /** Changed members, `undefined` takes one away; or the whole header, as it stands. */
  readonly header?: object | string | Uint8Array;
  readonly claims?: object | string | Uint8Array;
  readonly signer?: Signer;
}

export const es256 = (key: KeyObject = keys.es.privateKey): Signer =>
  signer("sha256", { key, dsaEncoding: "ieee-p1363" });
export const rs256 = (key: KeyObject = keys.rsa.privateKey, hash = "sha256"): Signer =>
  signer(hash, { key, padding: constants.RSA_PKCS1_PADDING });
export const pss = (key: KeyObject, hash = "sha256", saltLength = 32): Signer =>
  signer(hash, { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength });
export const ed25519: Signer = (input) => signBytes(null, Buffer.from(input), keys.ed.privateKey);
export const hmac =
  (secret: string | Uint8Array, hash = "sha256"): Signer =>
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

/** The claims of a good token. */
export function goodClaims({ issuer }: AttackKit): Record<string, unknown> {
  const now = Math.floor(issuer.clock.now() / 1000);
  return {
    ...{ iss: issuer.url, aud: issuer.audience, sub: "test-user", client_id: "test-client" },
    ...{ iat: now, exp: now + 300, jti: crypto.randomUUID() },
  };
}

export function forge(kit: AttackKit, forgery: Forgery = {}): string {
  const { header = {}, claims = {}, signer: sign = es256() } = forgery;
  const usual = { alg: "ES256", kid: "es", typ: "at+jwt" };
  const input = `${encode(merged(usual, header))}.${encode(merged(goodClaims(kit), claims))}`;
  return `${input}.${encode(sign(input))}`;
}

/** A request that carries a forged token. */
export const forged =
  (forgery: Forgery, path = "/tokens") =>
  (kit: AttackKit): RawRequest =>
    get(path, bearer(forge(kit, forgery)));

/** A request with a good token, of which the text is changed. */
export const rewritten =
  (change: (token: string) => string, path = "/tokens") =>
  (kit: AttackKit): RawRequest =>
    get(path, bearer(change(forge(kit))));

/** The JSON of a good token's claims with more text before its end. */
export const withText =
  (text: string, path = "/tokens") =>
  (kit: AttackKit): RawRequest =>
    forged({ claims: JSON.stringify(goodClaims(kit)).replace(/\}$/, `${text}}`) }, path)(kit);

function merged(usual: object, given: object | string | Uint8Array) {
  const isWhole = typeof given === "string" || given instanceof Uint8Array || Array.isArray(given);
  return isWhole ? given : { ...usual, ...given };
}

function signer(hash: string, key: SignKeyObjectInput): Signer {
  return (input) => signBytes(hash, Buffer.from(input), key);
}
